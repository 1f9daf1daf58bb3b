package dev.muster.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SchemaInputTest {

    private static Plan.Input input(String schema) {
        return Fixture.parse("plan: t\ninputSchema:\n" + schema.indent(2) + "output: 1\n")
                .input();
    }

    private static List<String> problems(String schema) {
        return Fixture.problems("plan: t\ninputSchema:\n" + schema.indent(2) + "output: 1\n");
    }

    private static final String ORDER = """
            type: object
            required: [id]
            additionalProperties: false
            properties:
              id: {type: integer, minimum: 1}
              lines: {type: array, items: {$ref: '#/$defs/line'}}
            $defs:
              line: {type: object, required: [sku], properties: {sku: {type: string, minLength: 2}}}
            """;

    @Test
    void fittingInput_hasNoProblems() {
        assertThat(input(ORDER).problems(Map.of("id", 7L, "lines", List.of(Map.of("sku", "AB")))))
                .isEmpty();
    }

    @Test
    void everyProblem_isNamedWithItsPath() {
        var lines = List.of(Map.of("sku", "a"), Map.of());
        assertThat(input(ORDER).problems(Map.of("id", "x", "lines", lines, "more", 1L)))
                .containsExactly(
                        "input.id: Instance type string is invalid. Expected integer",
                        "input.lines[0].sku: String is too short (1 < 2)",
                        "input.lines[1]: Instance does not have required property \"sku\"",
                        "input.more is unknown");
    }

    @Test
    void lengths_countCodePoints() {
        String two = "{type: string, minLength: 2, maxLength: 2}";
        assertThat(input(two).problems("\uD83D\uDE00\uD83D\uDE01")).isEmpty();
        assertThat(input(two).problems("\uD83D\uDE00")).hasSize(1);
    }

    @Test
    void negativeZero_isAWholeNumberAndNotBelowZero() {
        assertThat(input("{type: integer, minimum: 0, maximum: 0}").problems(-0.0))
                .isEmpty();
        assertThat(input("{type: number, exclusiveMaximum: 0}").problems(-0.0)).hasSize(1);
    }

    @Test
    void inputOfAnotherType_isAProblem() {
        assertThat(input(ORDER).problems("x"))
                .containsExactly("input: Instance type string is invalid. Expected object");
        assertThat(input(ORDER).problems(null))
                .containsExactly("input: Instance type null is invalid. Expected object");
        assertThat(input(ORDER).problems(Map.of("id", new BigDecimal("1.5"))))
                .containsExactly("input.id: Instance type number is invalid. Expected integer");
    }

    @Test
    void schemaThatRefersToItself_isNoEndlessLoop() {
        assertThat(input("{$ref: '#'}").problems(Map.of()))
                .containsExactly(
                        "input cannot be checked by the plan's inputSchema: its references form an endless cycle");
    }

    @Test
    void otherDraft_isRefused() {
        assertThat(problems("{$schema: 'http://json-schema.org/draft-07/schema'}"))
                .containsExactly("p.yaml:3:13: inputSchema is read by JSON Schema 2020-12, not by"
                        + " http://json-schema.org/draft-07/schema");
    }

    @Test
    void malformedSchema_isReportedAtItsPlace() {
        assertThat(problems("properties: {b: {minimum: x}}"))
                .contains(
                        "p.yaml:3:29: inputSchema is not a JSON Schema at /properties/b/minimum: Instance type string is"
                                + " invalid. Expected number");
    }

    @Test
    void referencesOutside_areRefused() {
        assertThat(problems("properties: {c: {$ref: 'http://x'}, d: {$ref: '#/$defs/x'}}"))
                .containsExactly(
                        "p.yaml:3:26: $ref \"http://x\" points outside; an inputSchema must contain all its definitions, for example under $defs",
                        "p.yaml:3:49: $ref \"#/$defs/x\" has no target in this inputSchema");
    }

    @Test
    void expressions_knowClosedSchemas() {
        assertThat(Fixture.problems("plan: t\ninputSchema:\n" + ORDER.indent(2) + "output: = input.idd\n"))
                .containsExactly("p.yaml:11:16: there is no field 'idd'; did you mean 'id'?");
    }

    @Test
    void bounds_areChecked() {
        Plan.Input input = input("""
                properties:
                  a: {minLength: 2, maxLength: 3}
                  b: {minItems: 1, uniqueItems: true}
                  c: {enum: [1, 2.5, x]}
                  d: {multipleOf: 0.5, maximum: 10.5}
                  e: {const: 7}
                """);
        assertThat(input.problems(Map.of("a", "xx", "b", List.of(1L), "c", 1L, "d", new BigDecimal("1.5"), "e", 7L)))
                .isEmpty();
        assertThat(input.problems(Map.of("c", new BigDecimal("2.5"), "d", 10L))).isEmpty();
        assertThat(input.problems(Map.of("a", "x", "b", List.of(), "c", 2L, "d", 11L, "e", 8L)))
                .hasSize(5);
    }
}
