package dev.muster.expr;

import static dev.muster.expr.Fixture.failure;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes wrong when an expression is evaluated says where, what and what to do. */
class CelErrorsTest {

    private static final Map<String, Object> X =
            Map.of("s", "text", "n", 1, "l", Arrays.asList(1, null), "m", Map.of());

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1 + x.zz | 6 | MISSING_KEY | there is no key 'zz'",
                "1 + x['zz'] | 6 | MISSING_KEY | there is no key 'zz'",
                "[1].map(i, x.m.k) | 15 | MISSING_KEY | there is no key 'k'",
                "1 + x.l[7] | 8 | MISSING_INDEX | there is no element 7",
                "x.l[-1] | 4 | MISSING_INDEX | there is no element -1",
                "has(x.s.k) | 4 | TYPE | not a map",
                "1 + x.n[0] | 8 | TYPE | [ ] takes a whole number",
                "x.s + 1 | 5 | TYPE | the operator '+' does not take values of these types",
                "x.l[1] + 1 | 8 | TYPE | almost no function accepts null",
                "x.n < 'a' | 5 | TYPE | the operator '<'",
                "size(x.n) | 5 | TYPE | size() does not take",
                "x.n ? 1 : 2 | 2 | TYPE | a condition must be true or false",
                "math.greatest(x.l) | 14 | TYPE | a type that the function does not take",
                "x.l.join(',') | 9 | TYPE | join takes texts: element 0 is a whole number",
                "1 / (x.n - 1) | 3 | ARITHMETIC | division by zero",
                "1 % (x.n - 1) | 3 | ARITHMETIC | division by zero",
                "9223372036854775807 + x.n | 21 | ARITHMETIC | exceeds 64 bits",
                "-9223372036854775808 - x.n | 22 | ARITHMETIC | exceeds 64 bits",
                "9223372036854775807 * (x.n + 1) | 21 | ARITHMETIC | exceeds 64 bits",
                "sum([9223372036854775807, x.n]) | 4 | ARITHMETIC | sum exceeds 64 bits",
                "int(x.s) | 4 | BAD_VALUE | text",
                "1 + x.s.charAt(9).size() | 15 | BAD_VALUE | charAt()",
                "x.s.substring(9) | 14 | BAD_VALUE | substring()",
                "timestamp(x.s) | 10 | BAD_VALUE | ",
            })
    void failure_hasPlaceKindAndWords(String source, int column, ExpressionProblem.Kind kind, String message) {
        ExpressionProblem problem = failure(source, "x", X);

        assertThat(problem.message()).contains(message == null ? "" : message);
        assertThat(problem.kind()).isEqualTo(kind);
        assertThat(problem.column()).isEqualTo(column);
        assertThat(problem.line()).isEqualTo(1);
    }

    @Test
    void place_countsLinesAndCodePoints() {
        ExpressionProblem problem = failure("'é𝄞' ==\n '𝄞' + x.zz", "x", X);

        assertThat(problem.line()).isEqualTo(2);
        assertThat(problem.column()).isEqualTo(9);
    }

    @Test
    void message_neverQuotesTheValues() {
        ExpressionProblem problem = failure("math.greatest(x)", "x", List.of("secret", 1));

        assertThat(problem.message()).doesNotContain("secret");
    }
}
