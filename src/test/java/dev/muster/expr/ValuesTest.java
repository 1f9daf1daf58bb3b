package dev.muster.expr;

import static dev.muster.expr.Fixture.eval;
import static dev.muster.expr.Fixture.failure;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes through CEL and what comes out of it. */
class ValuesTest {

    private static final BigDecimal PI = new BigDecimal("3.14159265358979323846264338327950288");
    private static final BigInteger BIG = new BigInteger("123456789012345678901234567890");

    @Test
    void passedOn_staysTheVeryObject() {
        Map<String, Object> map = Map.of("price", new BigDecimal("1.10"));
        List<Object> list = Arrays.asList(new BigDecimal("2.00"), null, 1);

        Map<?, ?> result = (Map<?, ?>) eval("{'m': x.map, 'l': x.list}", "x", Map.of("map", map, "list", list));

        assertThat(result.get("m")).isSameAs(map);
        assertThat(result.get("l")).isSameAs(list);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1.10", "100.00", "1E+2", "0.1", "3.14159265358979323846264338327950288", "1E+400", "1E-400"})
    void decimalInsideAStructure_isTheVeryDecimal(String number) {
        BigDecimal decimal = new BigDecimal(number);

        Object result = eval("{'a': [x.d], 'b': x.l.map(e, e)}", "x", Map.of("d", decimal, "l", List.of(decimal)));

        assertThat(result).isEqualTo(Map.of("a", List.of(decimal), "b", List.of(decimal)));
    }

    @Test
    void numbersBeyondDoubleAndLong_calculateExactly() {
        assertThat(eval("x + 1", "x", PI)).isEqualTo(PI.add(BigDecimal.ONE));
        assertThat(eval("x * 2.0", "x", PI)).isEqualTo(PI.multiply(new BigDecimal("2.0")));
        assertThat(eval("1 - x", "x", BIG)).isEqualTo(new BigDecimal(BigInteger.ONE.subtract(BIG)));
        assertThat(eval("x / x", "x", PI)).isEqualTo(1.0);
        assertThat(eval("-x", "x", PI)).isEqualTo(PI.negate());
        assertThat(eval("string(x)", "x", BIG)).isEqualTo(BIG.toString());
        assertThat(eval("double(x)", "x", PI)).isEqualTo(Math.PI);
    }

    @Test
    void negativeZero_isPassedOnAndEqualsZero() {
        assertThat(eval("x", "x", -0.0)).isEqualTo(-0.0);
        assertThat(eval("{'a': [x]}", "x", -0.0)).isEqualTo(Map.of("a", List.of(-0.0)));
        assertThat(eval("x == 0 && x == 0.0 && !(x < 0) && x in [0.0] && [x][0] == 0", "x", -0.0))
                .isEqualTo(true);
        assertThat(eval("0.0", "x", -0.0)).isEqualTo(0.0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "n == n",
                "!(n != n)",
                "[n] == [n]",
                "{'a': n} == {'a': n}",
                "optional.of(n) == optional.of(n)",
                "n in [n]",
                "[[n]].exists(l, l == l)",
                "[{'a': [1, [n]]}].exists(m, m == m)",
                "size([n, n].distinct()) == 1",
                "n > 1",
                "n >= 1",
                "n < 1",
                "1 < n",
                "1 <= n",
                "n > uint(1)",
                "n > x",
                "x <= n"
            })
    void notANumber_equalsNothingAndHasNoOrder(String comparison) {
        assertThat(eval("[double('NaN')].map(n, " + comparison + ")[0]", "x", PI))
                .isEqualTo(false);
    }

    @Test
    void sharedList_equalsItself() {
        assertThat(eval("[[1, [x], {'a': 1.5}]].map(l, l == l && [l, l] == [l, l])[0]", "x", PI))
                .isEqualTo(true);
    }

    @Test
    void exactResultThatFitsADouble_isOneAgain() {
        assertThat(eval("x - x", "x", PI)).isEqualTo(0.0);
    }

    @ParameterizedTest
    @CsvSource({
        "x > 3.1415926535897932, true",
        "x == 3.141592653589793, false",
        "x != 3.141592653589793, true",
        "3.141592653589793 == x, false",
        "3 < x, true",
        "x <= 3, false",
        "x >= x, true",
        "x == x, true",
        "x in [x], true"
    })
    void numberBeyondDouble_comparesExactly(String source, boolean expected) {
        assertThat(eval(source, "x", PI)).isEqualTo(expected);
    }

    @Test
    void wholeDecimalBeyondDouble_comesInAsWholeNumber() {
        assertThat(eval("x == 9007199254740993", "x", new BigDecimal("9007199254740993.0")))
                .isEqualTo(true);
        assertThat(eval("x > 9007199254740992.0", "x", new BigDecimal("9007199254740993.0")))
                .isEqualTo(true);
    }

    @Test
    void hugeExponent_isRefusedNotWrittenOut() {
        assertThat(failure("x + 1", "x", new BigDecimal("1e1000000000")).kind())
                .isEqualTo(ExpressionProblem.Kind.ARITHMETIC);
        assertThat(eval("x > 1", "x", new BigDecimal("1e1000000000"))).isEqualTo(true);
    }

    @ParameterizedTest
    @CsvSource({
        "b'abc', YWJj",
        "timestamp('2020-01-01T00:00:00Z'), 2020-01-01T00:00:00Z",
        "duration('90s'), 90s",
        "duration('1.5s'), 1.5s",
        "duration('0s'), 0s"
    })
    void otherTypes_becomeTheirText(String source, String text) {
        assertThat(eval(source)).isEqualTo(text);
    }

    @Test
    void unsigned_becomesLongOrBigInteger() {
        assertThat(eval("7u")).isEqualTo(7L);
        assertThat(eval("18446744073709551615u")).isEqualTo(new BigInteger("18446744073709551615"));
    }

    @Test
    void optional_becomesValueOrNull() {
        assertThat(eval("optional.of(1)")).isEqualTo(1L);
        assertThat(eval("optional.none()")).isNull();
        assertThat(eval("[x.?a, x.?b]", "x", Map.of("a", 1))).isEqualTo(Arrays.asList(1L, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0/0.0", "[1.0/0.0]", "{'a': -1.0/0.0}"})
    void numberWithoutEnd_isRefused(String source) {
        assertThat(failure(source).kind()).isEqualTo(ExpressionProblem.Kind.ARITHMETIC);
    }

    @Test
    void typesAndUnknownObjects_areRefused() {
        assertThat(failure("type(1)").kind()).isEqualTo(ExpressionProblem.Kind.TYPE);
        assertThat(failure("[x]", "x", new StringBuilder()).kind()).isEqualTo(ExpressionProblem.Kind.TYPE);
    }

    @Test
    void keysOfResults_becomeTexts() {
        assertThat(eval("{1: 'a', true: 'b'}")).isEqualTo(Map.of("1", "a", "true", "b"));
        assertThat(failure("{1: 'a', '1': 'b'}").kind()).isEqualTo(ExpressionProblem.Kind.BAD_VALUE);
        assertThat(failure("{1.5: 'a'}").kind()).isEqualTo(ExpressionProblem.Kind.TYPE);
    }

    @Test
    void nullsGoThrough() {
        Map<String, Object> x = new HashMap<>();
        x.put("n", null);

        assertThat(eval("x.n == null && has(x.n) && !has(x.m)", "x", x)).isEqualTo(true);
        assertThat(eval("[x.n, v]", "x", x, "v", null)).isEqualTo(Arrays.asList(null, null));
        assertThat(eval("true ? dyn(null) : 1")).isNull();
    }

    @Test
    void intAndFloat_areWidened() {
        assertThat(eval("x + 1", "x", 1)).isEqualTo(2L);
        assertThat(eval("x + 1.0", "x", 1.5f)).isEqualTo(2.5);
    }
}
