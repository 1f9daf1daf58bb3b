package dev.muster.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaPatternsTest {

    private static final String MISMATCH = ": String does not match pattern";

    private static InputSpec input(String schema) {
        return Fixture.parse("plan: t\ninputSchema:\n" + schema.indent(2) + "output: 1\n")
                .input();
    }

    private static List<String> problems(String schema) {
        return Fixture.problems("plan: t\ninputSchema:\n" + schema.indent(2) + "output: 1\n");
    }

    @Test
    @Timeout(60) // by backtracking it takes minutes
    void patternThatBacktracksForEver_isAnswered() {
        InputSpec input = input("properties: {x: {type: string, pattern: '^(.*a){22}$'}}");
        assertThat(input.problems(Map.of("x", "a".repeat(81) + "b"))).containsExactly("input.x" + MISMATCH);
        assertThat(input.problems(Map.of("x", "a".repeat(82)))).isEmpty();
    }

    @Test
    void pattern_isFoundAnywhereUnlessAnchored() {
        assertThat(input("pattern: b+").problems("abc")).isEmpty();
        assertThat(input("pattern: ^b+$").problems("abc")).containsExactly("input" + MISMATCH);
    }

    @Test
    void patternOfWhatIsNoString_saysNothing() {
        assertThat(input("pattern: a").problems(1L)).isEmpty();
        assertThat(input("{type: integer, pattern: a}").problems("b"))
                .containsExactly("input: Instance type string is invalid. Expected integer", "input" + MISMATCH);
    }

    @Test
    void everyMismatch_isNamedWithItsPath() {
        InputSpec input = input("""
                properties:
                  lines:
                    prefixItems: [{pattern: ^first$}]
                    items: {properties: {a/b: {pattern: ^x$}}}
                additionalProperties: {pattern: ^y$}
                allOf: [{properties: {z: {pattern: ^z$}}}]
                """);
        assertThat(input.problems(Map.of("lines", List.of("first", Map.of("a/b", "x")), "more", "y", "z", "y")))
                .containsExactly("input.z" + MISMATCH);
        assertThat(input.problems(Map.of("lines", List.of("1st", Map.of("a/b", "-")), "more", "-")))
                .containsExactlyInAnyOrder(
                        "input.lines[0]" + MISMATCH, "input.lines[1][\"a/b\"]" + MISMATCH, "input.more" + MISMATCH);
    }

    @Test
    void namesAndValues_areNoPatterns() {
        InputSpec input =
                input("{properties: {pattern: {pattern: ^p$}, anyOf: {pattern: ^q$}, c: {const: {pattern: (}}}}");
        assertThat(input.problems(Map.of("pattern", "p", "anyOf", "q", "c", Map.of("pattern", "("))))
                .isEmpty();
        assertThat(input.problems(Map.of("pattern", "x", "anyOf", "x"))).hasSize(2);
    }

    @Test
    void schema_keepsItsPatterns() {
        assertThat(input("pattern: a").schema()).isEqualTo(Map.of("pattern", "a"));
    }

    @Test
    void patternsOfRe2Only_areKnown() {
        assertThat(input("pattern: '^(?P<name>a)$'").problems("a")).isEmpty();
        assertThat(problems("properties: {a: {pattern: '('}}"))
                .containsExactly("p.yaml:3:29: \"(\" is not a valid pattern (RE2): missing closing ): (");
        assertThat(problems("pattern: a(?=b)")).singleElement().asString().contains("is not a valid pattern (RE2): ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"((a{1000}){1000}){1000}", "(\\pL?){999}", "((((a{9}){9}){9}){9})"})
    void patternThatGrowsTooLarge_isRefused(String pattern) {
        assertThat(problems("pattern: '" + pattern + "'"))
                .singleElement()
                .asString()
                .startsWith("p.yaml:3:12: the pattern is too large; at most 1000 characters");
    }

    @Test
    void patternThatIsTooLongOrDeep_isRefused() {
        assertThat(problems("pattern: '" + "(".repeat(20_000) + ")".repeat(20_000) + "'"))
                .singleElement()
                .asString()
                .contains("the pattern is too large");
    }

    @Test
    void moreTextThanALoopCanBear_isRefused() {
        InputSpec input = input("items: {pattern: '^(a?){200}$'}");
        assertThat(input.problems(List.of("a"))).isEmpty();
        assertThat(input.problems(List.of("b".repeat(1_000_000))))
                .containsExactly(
                        "input has too much text for the patterns of the plan's inputSchema;" + " send less text per request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "anyOf: [{pattern: a}]",
                "oneOf: [{properties: {x: {pattern: a}}}]",
                "not: {pattern: a}",
                "if: {pattern: a}",
                "then: {pattern: a}",
                "else: {pattern: a}",
                "contains: {pattern: a}",
                "propertyNames: {pattern: a}",
                "dependentSchemas: {const: {pattern: a}}",
                "dependencies: {const: {pattern: a}}",
                "$defs: {x: {pattern: a}}",
                "unevaluatedItems: {pattern: a}",
                "unevaluatedProperties: {pattern: a}",
                "properties: {x: {allOf: [{anyOf: [{items: {pattern: a}}]}]}}",
            })
    void patternWhereEvaluationDecides_isRefused(String schema) {
        assertThat(problems(schema))
                .singleElement()
                .asString()
                .contains(": a pattern is not supported inside ")
                .contains("; only below properties, items, prefixItems, additionalProperties and allOf.");
    }

    @Test
    void patternProperties_areRefused() {
        assertThat(problems("properties: {x: {patternProperties: {'^(.*a){22}$': true}}}"))
                .containsExactly("p.yaml:3:20: patternProperties is not checked for inputs; name the keys under"
                        + " properties, or describe all others by additionalProperties");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{pattern: a, items: {$ref: '#'}}",
                "{properties: {x: {pattern: a}, y: {$ref: '#/properties/x'}}}",
                "{properties: {x: {pattern: a}, y: {$dynamicRef: '#z'}, z: {$dynamicAnchor: z}}}",
                "{examples: [{pattern: a}], items: {$ref: '#/examples/0'}}",
                "{$defs: {z: {$id: 'http://z'}}, properties: {x: {pattern: a}, y: {$ref: '#/$defs/z'}}}",
            })
    void referenceThatMayLeadToAPattern_isRefused(String schema) {
        assertThat(problems(schema)).singleElement().asString().contains("may lead to a pattern, which is not checked");
    }

    @Test
    void referenceToWhatHasNoPattern_standsBesidePatterns() {
        InputSpec input = input("""
                properties: {x: {pattern: ^x$}, y: {$ref: '#/$defs/y'}}
                $defs: {y: {type: integer}}
                """);
        assertThat(input.problems(Map.of("x", "y", "y", "1")))
                .containsExactly("input.y: Instance type string is invalid. Expected integer", "input.x" + MISMATCH);
    }
}
