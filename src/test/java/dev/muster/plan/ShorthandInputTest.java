package dev.muster.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.expr.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShorthandInputTest {

    private static Plan.Input input(String shorthand) {
        return Fixture.parse("plan: t\ninput: " + shorthand + "\noutput: 1\n").input();
    }

    private static List<String> wrong(String shorthand) {
        return Fixture.problems("plan: t\ninput: " + shorthand + "\noutput: 1\n");
    }

    @Test
    void fittingInput_hasNoProblems() {
        Plan.Input input = input("{s: string, i: integer, n: number, b: boolean, l: list, o: object, a: any}");
        assertThat(input.problems(Map.of(
                        "s",
                        "x",
                        "i",
                        1L,
                        "n",
                        new BigDecimal("1.5"),
                        "b",
                        true,
                        "l",
                        List.of(1L, "x"),
                        "o",
                        Map.of(),
                        "a",
                        1L)))
                .isEmpty();
    }

    @Test
    void everyProblem_isNamedWithItsPath() {
        Plan.Input input = input("{id: integer, tags: [string], to: {city: string, zip: string?}, x: any}");
        Map<String, Object> given = new HashMap<>();
        given.put("id", "7");
        given.put("tags", Arrays.asList("a", 1L, null));
        given.put("to", Map.of("zip", true, "cty", "Rome"));
        assertThat(input.problems(given))
                .containsExactly(
                        "input.id must be a whole number of 64 bits, not text",
                        "input.tags[1] must be text, not the number 1",
                        "input.tags[2] must be text, not null",
                        "input.to.city is missing; it must be text",
                        "input.to.zip must be text, not true",
                        "input.to.cty is unknown (did you mean \"city\"?)",
                        "input.x is missing; it must be anything");
    }

    @Test
    void questionMark_meansLeftOutOrNull() {
        Plan.Input input = input("{a: string?, b?: [string], c?: {d: integer}}");
        assertThat(input.problems(Map.of())).isEmpty();
        Map<String, Object> nulls = new HashMap<>();
        List.of("a", "b", "c").forEach(name -> nulls.put(name, null));
        assertThat(input.problems(nulls)).isEmpty();
        assertThat(input.problems(Map.of("b", List.of(1L), "c", Map.of()))).hasSize(2);
    }

    @Test
    void integers_have64Bits_andNoFraction() {
        Plan.Input input = input("{id: integer}");
        assertThat(input.problems(Map.of("id", BigInteger.TWO.pow(70)))).hasSize(1);
        assertThat(input.problems(Map.of("id", new BigDecimal("1.0")))).hasSize(1);
        assertThat(input.problems(Map.of("id", Long.MAX_VALUE))).isEmpty();
    }

    @Test
    void withoutInput_everythingIsUnknown() {
        Plan.Input input = Fixture.parse("plan: t\noutput: 1\n").input();
        assertThat(input.problems(Map.of())).isEmpty();
        assertThat(input.problems(Map.of("a b", 1L))).containsExactly("input[\"a b\"] is unknown");
        assertThat(input.problems(null)).containsExactly("input must be an object, not null");
        assertThat(input.problems(List.of())).containsExactly("input must be an object, not a list");
    }

    @Test
    void manyProblems_areCutShort() {
        Plan.Input input = input("{ids: [integer]}");
        List<String> problems = input.problems(Map.of("ids", Collections.nCopies(1_000_000, "x")));
        assertThat(problems).hasSize(101).last().isEqualTo("and more");
    }

    @Test
    void types_areThoseOfExpressions() {
        assertThat(input("{id: integer, name: string?, tags: [string], at: {x: number}, o: object, any: any?}")
                        .type())
                .isEqualTo(Type.fields(Map.of(
                        "id", Type.INTEGER,
                        "name", Type.nullable(Type.STRING),
                        "tags", Type.listOf(Type.STRING),
                        "at", Type.fields(Map.of("x", Type.NUMBER)),
                        "o", Type.mapOf(Type.ANY),
                        "any", Type.ANY)));
    }

    @Test
    void schema_saysTheSame() {
        Plan.Input input = input("{id: integer, name: string?, tags: [string]}");
        assertThat(input.schema())
                .isEqualTo(Map.of(
                        "type",
                        "object",
                        "properties",
                        Map.of(
                                "id", Map.of("type", "integer"),
                                "name", Map.of("type", List.of("string", "null")),
                                "tags", Map.of("type", "array", "items", Map.of("type", "string"))),
                        "required",
                        List.of("id", "tags"),
                        "additionalProperties",
                        false));
        assertThat(JsonSchemas.problems(input.schema())).isEmpty();
    }

    @Test
    void wrongShorthand_isReportedAtItsPlace() {
        assertThat(wrong("{a: strng, b: [], c: ['string?'], d: 3, '?': string, e: string, e?: string}"))
                .containsExactly(
                        "p.yaml:2:12: \"strng\" is not a type of an input (did you mean \"string\"?)",
                        "p.yaml:2:22: a list of the input is written with the one type of its items: [string]",
                        "p.yaml:2:30: an item of a list cannot be left out; write string without ?",
                        "p.yaml:2:45: \"3\" is not a type of an input; they are string, integer, number, boolean, list,"
                                + " object, any",
                        "p.yaml:2:48: a name of the input is missing",
                        "p.yaml:2:72: the input \"e\" is written twice");
    }
}
