package dev.muster.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OwnKeywordsTest {

    private static final String MISMATCH = ": String does not match pattern";

    private static Plan.Input input(String schema) {
        return Fixture.parse("plan: t\ninputSchema:\n" + schema.indent(2) + "output: 1\n")
                .input();
    }

    private static List<String> problems(String schema) {
        return Fixture.problems("plan: t\ninputSchema:\n" + schema.indent(2) + "output: 1\n");
    }

    @Test
    @Timeout(60) // by backtracking it takes minutes
    void patternThatBacktracksForEver_isAnswered() {
        Plan.Input input = input("properties: {x: {type: string, pattern: '^(.*a){22}$'}}");
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
        Plan.Input input = input("""
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
        Plan.Input input =
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
    @ValueSource(
            strings = {
                "((a{1000}){1000}){1000}",
                "(\\pL?){999}",
                "((((a{9}){9}){9}){9})",
                "(?:[]\\]](a{1000}){1000}){1000}"
            })
    void patternThatGrowsTooLarge_isRefused(String pattern) {
        assertThat(problems("pattern: '" + pattern + "'"))
                .singleElement()
                .asString()
                .startsWith("p.yaml:3:12: the pattern is too large; at most 1000 characters");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "^(a){40}(b){40}(c){40}$",
                "^a{120}$|^(aa){2}b{3,90}(c[)}{9}(]?){1,30}",
                "\\x{61}\\x{61}{50}(\\pL){60}",
                "\\Q(a){999}(b){999}\\E|^a+$"
            })
    void patternWhoseRepetitionsFollowEachOther_isTaken(String pattern) {
        assertThat(problems("pattern: '" + pattern + "'")).isEmpty();
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
        Plan.Input input = input("items: {pattern: '^(a?){200}$'}");
        assertThat(input.problems(List.of("a"))).isEmpty();
        assertThat(input.problems(List.of("b".repeat(1_000_000))))
                .containsExactly("input has too much text for the patterns of the plan's inputSchema;"
                        + " send less per request");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[1, 2, 3]|",
                "[]|",
                "[1, true, \"1\", null, \"true\", [1], {\"1\": 1}]|",
                "[0.1, 0.10000000000000001]|",
                "[9007199254740992, 9007199254740993, 9007199254740993.5]|",
                "[{\"a\": 1}, {\"b\": 1}, {\"a\": null}, {}]|",
                "[[1, 2], [2, 1]]|",
                "[2, 1, 1.0]|1 and 2",
                "[1.50, 1.5]|0 and 1",
                "[0, -0.0]|0 and 1",
                "[1e20, 100000000000000000000, 2]|0 and 1",
                "[\"a\", \"b\", \"a\"]|0 and 2",
                "[null, 0, null]|0 and 2",
                "[{\"a\": 1, \"b\": [2]}, 1, {\"b\": [2.0], \"a\": 1}]|0 and 2",
            })
    void uniqueItems_areComparedAsJson(String list, String equal) {
        Plan.Input input = input("properties: {x: {type: array, uniqueItems: true}}");
        assertThat(input.problems(Map.of("x", Json.parse(list))))
                .isEqualTo(equal == null ? List.of() : List.of("input.x: items " + equal + " are equal"));
    }

    @Test
    void uniqueItems_areFoundInAndBesideOtherKeywords() {
        Plan.Input input = input("""
                uniqueItems: true
                items: {uniqueItems: true, prefixItems: [{uniqueItems: false}], items: {pattern: ^a$}}
                """);
        assertThat(input.problems(List.of(List.of(List.of(1L, 1L), "a"), List.of(1L, "a", "a"), List.of(1L, "b"))))
                .containsExactlyInAnyOrder("input[1]: items 1 and 2 are equal", "input[2][1]" + MISMATCH);
        assertThat(input.schema()).containsEntry("uniqueItems", true);
    }

    @Test
    @Timeout(60) // each with each, it takes minutes
    void uniqueItems_ofManyItems_areCheckedOrRefused() {
        Plan.Input input = input("uniqueItems: true");
        assertThat(input.problems(LongStream.range(0, 500_000).boxed().toList()))
                .isEmpty();
        assertThat(input.problems(Collections.nCopies(5_000_000, 1L)))
                .containsExactly(
                        "input has too many items for uniqueItems of the plan's inputSchema; send less per request");
    }

    @Test
    @Timeout(60) // each with each, it takes minutes
    void uniqueItems_ofTheSameHash_areRefusedInTime() {
        List<String> same = List.of("");
        for (int i = 0; i < 18; i++) {
            same = same.stream()
                    .flatMap(text -> Stream.of(text + "Aa", text + "BB"))
                    .toList();
        }
        assertThat(same.stream().map(String::hashCode).distinct()).hasSize(1);
        assertThat(input("uniqueItems: true").problems(same))
                .containsExactly(
                        "input has too many items for uniqueItems of the plan's inputSchema; send less per request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "anyOf: [{uniqueItems: true}]",
                "not: {properties: {x: {uniqueItems: true}}}",
                "contains: {uniqueItems: true}",
                "$defs: {x: {uniqueItems: true}}",
            })
    void uniqueItemsWhereEvaluationDecides_areRefused(String schema) {
        assertThat(problems(schema))
                .singleElement()
                .asString()
                .contains(": uniqueItems is not supported inside ")
                .contains("; only below properties, items, prefixItems, additionalProperties and allOf.");
    }

    @Test
    void referenceThatMayLeadToUniqueItems_isRefused() {
        assertThat(problems("{properties: {x: {uniqueItems: true}, y: {$ref: '#/properties/x'}}}"))
                .singleElement()
                .asString()
                .contains("may lead to uniqueItems, which is not checked");
        assertThat(problems("{properties: {x: {uniqueItems: false}, y: {$ref: '#/properties/x'}}}"))
                .isEmpty();
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
        Plan.Input input = input("""
                properties: {x: {pattern: ^x$}, y: {$ref: '#/$defs/y'}}
                $defs: {y: {type: integer}}
                """);
        assertThat(input.problems(Map.of("x", "y", "y", "1")))
                .containsExactly("input.y: Instance type string is invalid. Expected integer", "input.x" + MISMATCH);
    }
}
