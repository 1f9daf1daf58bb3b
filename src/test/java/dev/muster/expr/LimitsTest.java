package dev.muster.expr;

import static dev.muster.expr.Fixture.eval;
import static dev.muster.expr.Fixture.failure;
import static dev.muster.expr.Fixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything is bounded, and passing a bound says which. */
class LimitsTest {

    private static final Scope SCOPE = Scope.EMPTY.with("x", Type.ANY);

    @Test
    void longSource_isRefused() {
        ExpressionException refused = refusal("(".repeat(100_000), SCOPE);

        assertThat(refused.kind()).isEqualTo(ExpressionProblem.Kind.LIMIT);
        assertThat(refused).hasMessageContaining("65536").hasMessageContaining("server.limits.expression");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "( | 60000 | 1",
                "[ | 60000 | 1",
                "{1: | 15000 | 1",
                "1+ | 30000 | 1",
                "x.a+ | 300 | 1",
                "true?1: | 8000 | 1",
                "x[ | 30000 | 1",
                "size( | 10000 | 1",
                "x.f( | 10000 | 1",
                "!x.a( | 10000 | 1",
                "- (| 20000 | 1",
            })
    void deepSource_isRefusedClearly(String part, int times, String end) {
        ExpressionException refused = refusal(part.repeat(times) + end, SCOPE);

        assertThat(refused.kind()).isEqualTo(ExpressionProblem.Kind.LIMIT);
        assertThat(refused).hasMessageContaining("nest");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x.a", "x.?a", "x.map(y, y)", "x.a()"})
    void longChain_neverOverflowsTheStack(String link) {
        String chain = "x" + link.substring(1).repeat(5_000) + " == 1";

        ExpressionException refused = refusal(chain, SCOPE);

        assertThat(refused.kind()).isEqualTo(ExpressionProblem.Kind.LIMIT);
    }

    @Test
    void nestingWithinTheBound_isEvaluated() {
        assertThat(eval("(".repeat(200) + "1" + ")".repeat(200))).isEqualTo(1L);
        assertThat(eval("1" + "+1".repeat(200))).isEqualTo(201L);
        assertThat(eval("!".repeat(60_000) + "true")).isEqualTo(true);
        assertThat(eval("true" + "&&true".repeat(2_000))).isEqualTo(true);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lists.range(10001).map(i, i)",
                "x.map(i, x.map(j, i + j))",
                "x.all(i, x.all(j, x.all(k, true)))",
                "x.map(i, x.filter(j, j > i).map(j, x.exists(k, k > 500)))",
                "lists.range(1000000).filter(i, i < 0)",
                "lists.range(20000).sortBy(i, -i)",
            })
    void loops_stopAtTheBoundOfIterations(String source) {
        ExpressionProblem problem =
                failure(source, "x", IntStream.range(0, 200).boxed().toList());

        assertThat(problem.kind()).isEqualTo(ExpressionProblem.Kind.ITERATIONS);
        assertThat(problem.message()).contains("10000").contains("server.limits.iterations");
    }

    @Test
    void range_stopsAtAMillion() {
        assertThat(eval("lists.range(1000000)[999999]")).isEqualTo(999_999L);
        for (String end : List.of("1000001", "2000000000", "9223372036854775807")) {
            ExpressionProblem problem = failure("lists.range(" + end + ")");
            assertThat(problem.kind()).isEqualTo(ExpressionProblem.Kind.LIMIT);
            assertThat(problem.message()).contains("1000000").contains("rangeItems");
        }
        assertThat(eval("lists.range(-1)")).isEqualTo(List.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x.replace('a', x).replace('a', x)",
                "x.split('').join(x)",
                "json([x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x])"
            })
    void longTexts_stopAtTheirBound(String source) {
        ExpressionProblem problem = failure(source, "x", "a".repeat(1_000_000));

        assertThat(problem.kind()).isEqualTo(ExpressionProblem.Kind.LIMIT);
        assertThat(problem.message()).contains("server.limits.expressionResult");
    }

    @Test
    void ownBounds_areKept() {
        Expressions tight = new Expressions(new ExpressionLimits(20, 5, 10, 3, 10, 1_000));

        assertThatThrownBy(() -> tight.compile("1 + 1 + 1 + 1 + 1 + 1 + 1", SCOPE))
                .hasMessageContaining("20");
        assertThatThrownBy(() -> tight.compile("((((((1))))))", SCOPE)).hasMessageContaining("5");
        assertThatThrownBy(() -> tight.compile("lists.range(4)", SCOPE).evaluate(name -> 1))
                .hasMessageContaining("3");
        assertThatThrownBy(() -> new ExpressionLimits(0, 1, 1, 1, 1, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void deepValues_passThrough() {
        Object deep = 1;
        for (int i = 0; i < 100_000; i++) {
            deep = Map.of("k", deep);
        }
        Object bound = deep;

        assertThat(((List<?>) eval("[x]", "x", bound)).get(0)).isSameAs(bound);
        assertThat(failure("x == {'k': x}", "x", bound).kind()).isEqualTo(ExpressionProblem.Kind.LIMIT);
        assertThat(failure("json(x)", "x", bound).kind()).isEqualTo(ExpressionProblem.Kind.LIMIT);
    }
}
