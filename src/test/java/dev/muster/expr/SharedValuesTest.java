package dev.muster.expr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that stand at many places: a graph of some dozens of objects that is, as a tree, larger than any memory. */
@Timeout(120)
class SharedValuesTest {

    private static final Expressions EXPRESSIONS = new Expressions();
    private static final Scope SCOPE = new Scope(Map.of("x", Type.ANY, "y", Type.ANY, "s", Type.ANY, "t", Type.ANY));

    /** A list of lists, 40 levels deep, of two to the power of 40 leaves. */
    private static Object endless() {
        Object value = List.of("leaf");
        for (int i = 0; i < 40; i++) {
            value = i % 2 == 0 ? List.of(value, value) : Map.of("a", value, "b", value);
        }
        return value;
    }

    /** The same made by the expression itself. */
    private static String madeWithin(int levels) {
        StringBuilder source = new StringBuilder("[".repeat(levels) + "'leaf'");
        for (int i = 0; i < levels; i++) {
            source.append("].map(v")
                    .append(i)
                    .append(", [v")
                    .append(i)
                    .append(", v")
                    .append(i)
                    .append("])[0]");
        }
        return source.toString();
    }

    private static Object eval(String source) {
        Map<String, Object> bound = new LinkedHashMap<>();
        bound.put("x", endless());
        bound.put("y", endless());
        bound.put("s", "a".repeat(600_000));
        bound.put("t", "a".repeat(300_000) + "b");
        return EXPRESSIONS.compile(source, SCOPE).evaluate(bound::get);
    }

    private static ExpressionException failure(String source) {
        return catchThrowableOfType(ExpressionException.class, () -> eval(source));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x == y",
                "x != y",
                "[x] == [y]",
                "optional.of(x) == optional.of(y)",
                "x in [y]",
                "[x, y].distinct()",
                "size(json(x)) > 0",
                "lists.range(10000).map(i, sum(lists.range(1000000)))",
                "lists.range(10000).map(i, lists.range(100000).sort())",
                "s.contains(t)",
                "s.indexOf(t)",
                "s.replace(t, '')",
                "s.matches(t)",
                "lists.range(10000).map(i, s.upperAscii())",
            })
    void walksOverTooMuch_endWithLimit(String source) {
        assertThat(failure(source).kind()).isEqualTo(ExpressionProblem.Kind.LIMIT);
        assertThat(failure(source)).hasMessageContaining("server.limits.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "size(%s[0]) == 2",
                "dyn(%s) == 1",
                "json(%s) == ''",
                "%s == %s",
                "[%s].distinct()",
                "size([%s].flatten(100)) > 0"
            })
    void valuesMadeWithin_endOrAreAnswered(String source) {
        String whole = source.replace("%s", madeWithin(30));
        ExpressionException failure = failure(whole);
        if (failure != null) {
            assertThat(failure.kind()).isEqualTo(ExpressionProblem.Kind.LIMIT);
        }
    }

    @Test
    void result_keepsWhatItShares() {
        Object value = eval(madeWithin(60));
        for (int i = 0; i < 60; i++) {
            List<?> list = (List<?>) value;
            assertThat(list).hasSize(2);
            assertThat(list.get(0)).isSameAs(list.get(1));
            value = list.get(0);
        }
        assertThat(value).isEqualTo("leaf");
    }

    @Test
    void concatenation_isBounded() {
        StringBuilder lists = new StringBuilder("[".repeat(30) + "[1]");
        StringBuilder texts = new StringBuilder("[".repeat(30) + "'text'");
        for (int i = 0; i < 30; i++) {
            String doubled = "].map(v%1$d, v%1$d + v%1$d)[0]".formatted(i);
            lists.append(doubled);
            texts.append(doubled);
        }
        assertThat(failure("size(" + lists + ")").kind()).isEqualTo(ExpressionProblem.Kind.LIMIT);
        assertThat(failure("size(" + texts + ")").kind()).isEqualTo(ExpressionProblem.Kind.LIMIT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{dyn(x): 1}", "{1: 2}[dyn(x)]", "dyn(x) in {1: 2}", "[?dyn(x)]", "{?1: dyn(x)}"})
    void placesForScalars_refuseValuesWithoutWalkingOverThem(String source) {
        assertThat(failure(source.replace("x", madeWithin(40))).kind()).isEqualTo(ExpressionProblem.Kind.TYPE);
    }

    @Test
    void wrongTypes_areNotPutIntoMessages() {
        assertThat(failure("dyn(" + madeWithin(40) + ").upperAscii()").getMessage())
                .hasSizeLessThan(500);
        assertThat(failure("[" + madeWithin(40) + "].slice(5, 1)").getMessage()).hasSizeLessThan(500);
    }

    @Test
    void usualSizes_areFine() {
        assertThat(eval("size(json(lists.range(1000000))) > 6000000")).isEqualTo(true);
        assertThat(eval("sum(lists.range(1000000))")).isEqualTo(499_999_500_000L);
        assertThat(eval("lists.range(4000).map(i, [i, i]).filter(p, p[0] == p[1]).size()"))
                .isEqualTo(4_000L);
        assertThat(eval("[1, 2, 1.0, 2, 3].distinct().size() <= 4 && [[1], [1]].distinct() == [[1]]"))
                .isEqualTo(true);
        assertThat(eval("[[1, [2]], [3]].flatten() == [1, [2], 3] && [[1, [2]], [3]].flatten(2) == [1, 2, 3]"))
                .isEqualTo(true);
        assertThat(eval("{'a' + 'b': 1}['ab'] + {?'c': optional.of(2)}['c'] + [?optional.of(3)][0]"))
                .isEqualTo(6L);
    }

    @Test
    void interrupt_endsTheEvaluation() throws InterruptedException {
        var thrown = new AtomicReference<Throwable>();
        var expressions =
                new Expressions(new ExpressionLimits(64 * 1024, 250, 10_000_000, 1_000_000, 1 << 24, Long.MAX_VALUE));
        Expression forEver = expressions.compile(
                "lists.range(1000000).all(i, lists.range(1000000).all(j, sum(lists.range(1000)) >= i - j - 1))", SCOPE);
        var begun = new CountDownLatch(1);
        var thread = new Thread(() -> {
            begun.countDown();
            try {
                forEver.evaluate(name -> null);
            } catch (ExpressionException e) {
                thrown.set(e);
            }
        });
        thread.start();
        begun.await();
        thread.interrupt();
        thread.join(60_000);
        assertThat(thread.isAlive()).isFalse();
        assertThat(thrown.get()).hasMessageContaining("its result is no longer needed");
    }

    @Test
    void loopBudget_givesUpEarly() {
        Expression compare = EXPRESSIONS.compile("x == y", SCOPE);
        Map<String, Object> bound = Map.of("x", endless(), "y", endless());
        assertThat(catchThrowableOfType(
                        LoopBudget.PassedException.class, () -> LoopBudget.within(() -> compare.evaluate(bound::get))))
                .isNotNull();
        List<Object> small = new ArrayList<>(List.of(1L, 2L));
        assertThat(LoopBudget.within(() -> compare.evaluate(name -> small))).isEqualTo(true);
    }

    @Test
    void nestedLoopBudget_leavesTheOuterOne() {
        Expression compare = EXPRESSIONS.compile("x == y", SCOPE);
        Map<String, Object> bound = Map.of("x", endless(), "y", endless());
        assertThat(catchThrowableOfType(
                        LoopBudget.PassedException.class,
                        () -> LoopBudget.within(() -> {
                            LoopBudget.within(() -> true);
                            return compare.evaluate(bound::get);
                        })))
                .isNotNull();
    }
}
