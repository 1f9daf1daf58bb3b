package dev.muster.expr;

import static dev.muster.expr.Fixture.EXPRESSIONS;
import static dev.muster.expr.Fixture.eval;
import static dev.muster.expr.Fixture.failure;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The macros, extensions and functions that plans may use, and what they mean. */
class LanguageTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[1, 2].map(x, x * 2) == [2, 4]",
                "[1, 2].map(x, x > 1, x) == [2]",
                "[1, 2].filter(x, x > 1) == [2]",
                "[1, 2].all(x, x > 0) && [1, 2].exists(x, x == 2) && [1, 2].exists_one(x, x == 2)",
                "[5, 6].transformList(i, v, i + v) == [5, 7]",
                "{'a': 1}.transformMap(k, v, v + 1) == {'a': 2}",
                "[5, 6].exists(i, v, i == 1 && v == 6)",
                "'a,b'.split(',') == ['a', 'b'] && 'Ab'.lowerAscii() == 'ab' && ' a '.trim() == 'a'",
                "'abc'.substring(1) == 'bc' && 'abc'.charAt(1) == 'b' && 'abc'.indexOf('c') == 2",
                "math.greatest(1, 2.5) == 2.5 && math.round(1.5) == 2.0 && math.abs(-1) == 1",
                "[3, 1, 2].sort() == [1, 2, 3] && [1, 1].distinct() == [1] && size([[1], [2]].flatten()) == 2",
                "[3, 1].sortBy(x, x) == [1, 3] && [1, 2, 3].slice(0, 2) == [1, 2] && [1, 2].reverse() == [2, 1]",
                "base64.encode(b'x') == 'eA==' && base64.decode('eA==') == b'x'",
                "optional.of(1).hasValue() && {'a': 1}[?'b'].orValue(2) == 2 && [1][?5].orValue(3) == 3",
                "{'a': 1}.?a.optMap(v, v + 1).orValue(0) == 2",
                "has({'a': 1}.a) && !has({'a': 1}.b) && {'a': 1}.?b.orValue(1) == 1",
                "'aaa'.replace('a', 'b') == 'bbb' && 'aaa'.replace('a', 'b', 2) == 'bba'",
                "'ab'.replace('', '-') == '-a-b-'",
                "'a'.replace('a', 'b', 0) == 'a' && ['a', 'b'].join() == 'ab' && ['a', 'b'].join(', ') == 'a, b'",
                "lists.range(3) == [0, 1, 2] && lists.range(0) == [] && size(lists.range(1000000)) == 1000000",
                "duration('1h') < duration('2h') && timestamp('2020-01-01T00:00:00Z').getFullYear() == 2020",
            })
    void standardAndExtensions_areOn(String source) {
        assertThat(eval(source)).isEqualTo(true);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1 + 1.5 | 2.5",
                "1.5 + 1 | 2.5",
                "3 - 0.5 | 2.5",
                "2.5 - 1 | 1.5",
                "2 * 1.5 | 3.0",
                "1.5 * 2 | 3.0",
                "3 / 2.0 | 1.5",
                "3.0 / 2 | 1.5",
                "x + 1.5 | 2.5",
                "x.y | 2.0",
            })
    void wholeNumbersAndDecimals_mixInArithmetic(String source, double expected) {
        assertThat(((Number) eval(source.replace("x.y", "y * 1"), "x", 1, "y", new BigDecimal("2.0"))).doubleValue())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1 == 1.0",
                "1 != 1.5",
                "1 < 1.5",
                "1.5 > 1",
                "2 >= 2.0",
                "2.0 <= 2",
                "x == 1.0",
                "x < 1.5",
                "1.0 == x",
                "2 in [1.0, 2.0]",
                "[1, 2] == [1.0, 2.0]",
                "1 < 2u",
                "x <= 1u",
                "9007199254740993 > 9007199254740992.0",
                "(true ? 1 : 1.5) == 1"
            })
    void wholeNumbersAndDecimals_mixInComparison(String source) {
        assertThat(eval(source, "x", 1)).isEqualTo(true);
    }

    @Test
    void sum_ofNoneIsZero_ofWholeIsWhole_mixedIsDecimal() {
        assertThat(eval("sum([])")).isEqualTo(0L);
        assertThat(eval("sum([1, 2])")).isEqualTo(3L);
        assertThat(eval("sum([1, 2.5])")).isEqualTo(3.5);
        assertThat(eval("sum(x)", "x", List.of(new BigDecimal("0.10000000000000000000001"), 1)))
                .isEqualTo(new BigDecimal("1.10000000000000000000001"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"avg", "min", "max"})
    void aggregate_ofNoneIsNull(String function) {
        assertThat(eval(function + "([])")).isNull();
    }

    @Test
    void avg_isADecimal() {
        assertThat(eval("avg([1, 2])")).isEqualTo(1.5);
        assertThat(eval("avg([9223372036854775807, 9223372036854775807])")).isEqualTo(9223372036854775807.0);
        assertThat(eval("avg(r.map(e, e.stars))", "r", List.of(Map.of("stars", 4), Map.of("stars", 5))))
                .isEqualTo(4.5);
    }

    @Test
    void minAndMax_giveTheElementItself() {
        assertThat(eval("min([2, 1.5, 3])")).isEqualTo(1.5);
        assertThat(eval("max([2, 1.5, 3])")).isEqualTo(3L);
        assertThat(eval("max(['a', 'b'])")).isEqualTo("b");
        assertThat(eval("max(x)", "x", List.of(new BigDecimal("1.10"), 1))).isEqualTo(new BigDecimal("1.10"));
        assertThat(eval("max(x)", "x", List.of(9007199254740993L, 9007199254740992.0)))
                .isEqualTo(9007199254740993L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "sum(['a']) | sum takes numbers: element 0 is a text",
                "sum([dyn(1), null]) | element 1 is null",
                "avg([true]) | avg takes numbers: element 0 is a boolean",
                "min([1, dyn('a')]) | texts or numbers, not both",
                "groupBy([dyn(1)], 'k') | groupBy takes a list of maps: element 0 is a whole number",
                "groupBy([{'k': 1.5}], 'k') | element 0 has a decimal under 'k'",
            })
    void aggregate_ofWrongTypes_saysWhichElement(String source, String message) {
        ExpressionProblem problem = failure(source);

        assertThat(problem.kind()).isEqualTo(ExpressionProblem.Kind.TYPE);
        assertThat(problem.message()).contains(message);
    }

    @Test
    void groupBy_givesAMapOfLists() {
        Map<String, Object> a = Map.of("k", "x", "n", 1);
        Map<String, Object> b = Map.of("k", "y", "n", 2);
        Map<String, Object> c = Map.of("k", "x", "n", 3);

        Map<?, ?> groups = (Map<?, ?>) eval("groupBy(l, 'k')", "l", List.of(a, b, c));

        assertThat(groups).isEqualTo(Map.of("x", List.of(a, c), "y", List.of(b)));
        assertThat(groups.keySet().toString()).isEqualTo("[x, y]");
        assertThat(((List<?>) groups.get("x")).get(0)).isSameAs(a);
        assertThat(eval("groupBy(l, 'n')[2][0].k", "l", List.of(a, b))).isEqualTo("y");
        assertThat(failure("groupBy(l, 'z')", "l", List.of(a)).kind()).isEqualTo(ExpressionProblem.Kind.MISSING_KEY);
    }

    @Test
    void sort_ordersAllKindsOfNumbers_andSortByKeepsTheElements() {
        BigDecimal exact = new BigDecimal("1.00000000000000000000001");
        Map<String, Object> a = Map.of("n", 2);
        Map<String, Object> b = Map.of("n", new BigDecimal("1.5"));

        assertThat(eval("x.sort()", "x", List.of(2, exact, 1, 1.5))).isEqualTo(List.of(1L, exact, 1.5, 2L));
        assertThat(eval("x.sortBy(e, e.n)[0].n", "x", List.of(a, b))).isEqualTo(new BigDecimal("1.5"));
        assertThat((List<?>) eval("x.sortBy(e, -e.n)", "x", List.of(b, a))).isEqualTo(List.of(a, b));
        assertThat(eval("x.sortBy(e, e.n).map(e, e.n)", "x", List.of(a))).isEqualTo(List.of(2L));
        assertThat(failure("x.sort()", "x", List.of(1, "a")).message()).contains("cannot order");
    }

    @Test
    void json_givesText() {
        Map<String, Object> x = Map.of("a", Arrays.asList(1, new BigDecimal("1.10"), null, "q\"\n\u0001"));

        assertThat(eval("json(x)", "x", x)).isEqualTo("{\"a\":[1,1.10,null,\"q\\\"\\n\\u0001\"]}");
        assertThat(eval("json('x') + json([1.5, true])")).isEqualTo("\"x\"[1.5,true]");
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // by backtracking it never ends
    void regularExpression_isLinear() {
        assertThat(eval("x.matches('^(a+)+$')", "x", "a".repeat(5_000) + "b")).isEqualTo(false);
        assertThat(failure("'a'.matches('(' + x)", "x", "").kind()).isEqualTo(ExpressionProblem.Kind.BAD_VALUE);
    }

    @Test
    void evaluation_isSafeOnSeveralThreads() throws Exception {
        Expression expression = EXPRESSIONS.compile(
                "l.filter(e, e % 2 == 0).map(e, {'n': e * f})", Fixture.scope(Map.of("l", 1, "f", 1)));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Callable<Object> round = () -> {
                Object last = null;
                for (int i = 0; i < 200; i++) {
                    last = expression.evaluate(name -> name.equals("f") ? 10 : List.of(1, 2, 3, 4));
                }
                return last;
            };
            for (Future<Object> result : threads.invokeAll(List.of(round, round, round, round))) {
                assertThat(result.get()).isEqualTo(List.of(Map.of("n", 20L), Map.of("n", 40L)));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void resultOfCalculation_isFreshEachTime() {
        assertThat(eval("[1].map(x, x)")).isNotSameAs(eval("[1].map(x, x)"));
    }
}
