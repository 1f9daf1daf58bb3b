package dev.muster.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.muster.json.Json;
import dev.muster.json.JsonMeter;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Plan;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InputBindingTest {

    private static final Map<String, String> NO_PATH = Map.of();

    private static Map<String, @Nullable Object> query(String shorthand, String query) {
        return InputBinding.of(Plans.taking(shorthand)).bind(NO_PATH, query);
    }

    private static Map<String, @Nullable Object> schema(String schema, String query) {
        return InputBinding.of(Plans.takingSchema(schema)).bind(NO_PATH, query);
    }

    private static List<?> problems(Plan plan, Map<String, String> path, @Nullable String query, Object... body) {
        InputBinding binding = InputBinding.of(plan);
        MusterException thrown = catchThrowableOfType(MusterException.class, () -> {
            if (body.length == 0) {
                binding.bind(path, query);
            } else {
                binding.bind(path, query, Json.writeBytes(body[0]), JsonMeter.NONE);
            }
        });
        assertThat(thrown).isNotNull();
        assertThat(thrown.type()).isEqualTo(ErrorType.BAD_INPUT);
        return (List<?>) thrown.more().get("problems");
    }

    private static List<?> problemsOfQuery(String shorthand, String query) {
        return problems(Plans.taking(shorthand), NO_PATH, query);
    }

    @ParameterizedTest
    @CsvSource({
        "integer, 7, 7",
        "integer, 0, 0",
        "integer, -0, -0",
        "integer, -7, -7",
        "integer, 999999999999999999, 999999999999999999",
        "integer, 9223372036854775807, 9223372036854775807",
        "integer, -9223372036854775808, -9223372036854775808",
        "number, 7, 7",
        "number, 1.10, 1.10",
        "number, 0.1000000000000000000000000001, 0.1000000000000000000000000001",
        "number, -1e3, -1e3",
        "number, 123456789012345678901234567890, 123456789012345678901234567890",
        "boolean, true, true",
        "boolean, false, false",
        "string, 7, '\"7\"'",
        "string, true, '\"true\"'",
        "any, 7, '\"7\"'",
        "string, '', '\"\"'"
    })
    void bind_textOfTheQuery_becomesTheType(String type, String text, String json) {
        assertThat(query("{a: " + type + "}", "a=" + text)).isEqualTo(Map.of("a", Json.parse(json)));
        assertThat(query("{a: " + type + "?}", "a=" + text)).isEqualTo(Map.of("a", Json.parse(json)));
    }

    @Test
    void bind_textOfThePath_becomesTheType() {
        Plan plan = Plans.taking("{id: integer, name: string, tags: [string]}");
        assertThat(InputBinding.of(plan).bind(Map.of("id", "7", "name", "a+b", "tags", "x,y"), null))
                .isEqualTo(Map.of("id", 7L, "name", "a+b", "tags", List.of("x,y")));
    }

    @ParameterizedTest
    @CsvSource({
        "integer, 1.0, 'a whole number, not \"1.0\"'",
        "integer, 007, 'a whole number, not \"007\"'",
        "integer, +7, 'a whole number, not \" 7\"'",
        "integer, -, 'a whole number, not \"-\"'",
        "integer, -07, 'a whole number, not \"-07\"'",
        "integer, 7x, 'a whole number, not \"7x\"'",
        "integer, '', 'a whole number, not empty'",
        "integer, null, 'a whole number, not \"null\"'",
        "number, NaN, 'a number, not \"NaN\"'",
        "number, 1e99999, 'a number, not \"1e99999\"'",
        "number, 0x10, 'a number, not \"0x10\"'",
        "number, '[1]', 'a number, not \"[1]\"'",
        "boolean, True, 'true or false, not \"True\"'",
        "boolean, 1, 'true or false, not \"1\"'",
        "boolean, '', 'true or false, not empty'",
        "boolean, x%0Ay, 'true or false, not \"x\\u000ay\"'"
    })
    void bind_textThatIsNone_isAProblem(String type, String text, String must) {
        assertThat(problemsOfQuery("{a: " + type + "}", "a=" + text))
                .isEqualTo(List.of("a in the query must be " + must));
        assertThat(problemsOfQuery("{a: " + type + "?}", "a=" + text))
                .isEqualTo(List.of("a in the query must be " + must));
    }

    @Test
    void bind_wholeNumberBeyond64Bits_isExactOrRefusedByTheInput() {
        String large = "12345678901234567890";
        assertThat(schema("{properties: {a: {type: integer}}}", "a=" + large))
                .isEqualTo(Map.of("a", Json.parse(large)));
        assertThat(problemsOfQuery("{a: integer}", "a=" + large))
                .isEqualTo(List.of("input.a must be a whole number of 64 bits, not the number " + large));
    }

    @Test
    void bind_repeatedKey_isAList() {
        assertThat(query("{ids: [integer]}", "ids=3&ids=1&ids=2")).isEqualTo(Map.of("ids", List.of(3L, 1L, 2L)));
        assertThat(query("{ids: [integer]}", "ids=3")).isEqualTo(Map.of("ids", List.of(3L)));
        assertThat(query("{ids: list}", "ids=3&ids=")).isEqualTo(Map.of("ids", List.of("3", "")));
        assertThat(query("{ids?: [boolean]}", "ids=true")).isEqualTo(Map.of("ids", List.of(true)));
        assertThat(problemsOfQuery("{ids: [integer]}", "ids=3&ids=x"))
                .isEqualTo(List.of("ids in the query must be a whole number, not \"x\""));
    }

    @Test
    void bind_repeatedKeyOfNoList_isAProblem() {
        assertThat(problemsOfQuery("{a: integer}", "a=1&a=1"))
                .isEqualTo(List.of("a occurs more than once in the query"));
    }

    @Test
    void bind_optionalName_mayBeLeftOut() {
        assertThat(query("{a: integer?, b: string?}", "b=x")).isEqualTo(Map.of("b", "x"));
        assertThat(query("{a: integer?}", "")).isEmpty();
        assertThat(InputBinding.of(Plans.taking("{a: integer?}")).bind(NO_PATH, null))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "a=x+y, x y",
        "a=x%2By, x+y",
        "a=%2520, %20",
        "a=b=c, b=c",
        "a=%C3%A9, é",
        "a=\u00c3\u00a9, é",
        "&&a=x&, x",
        "%61=x, x",
        "a, ''"
    })
    void bind_query_isDecodedOnce(String query, String value) {
        assertThat(query("{a: string}", query)).isEqualTo(Map.of("a", value));
    }

    @ParameterizedTest
    @CsvSource({
        "a=%, a in the query has a % without two hexadecimal digits; a percent sign is written %25",
        "a=%00, 'a in the query has a NUL, which is not allowed'",
        "a=%FF, a in the query is not UTF-8",
        "a=1&%=2, a name in the query has a % without two hexadecimal digits; a percent sign is written %25",
        "a=1&=2, a value in the query has no name"
    })
    void bind_brokenQuery_isAProblem(String query, String problem) {
        assertThat(problemsOfQuery("{a: string}", query)).isEqualTo(List.of(problem));
    }

    @Test
    void bind_unknownName_isAProblemWithASuggestion() {
        assertThat(problemsOfQuery("{currency: string?}", "curency=EUR"))
                .isEqualTo(List.of("curency in the query is unknown (did you mean \"currency\"?)"));
        assertThat(problemsOfQuery("{}", "a=1")).isEqualTo(List.of("a in the query is unknown"));
        assertThat(problems(Plans.takingSchema("{properties: {a: {}}, additionalProperties: false}"), NO_PATH, "b=1"))
                .isEqualTo(List.of("b in the query is unknown"));
    }

    @Test
    void bind_unknownNameOfAnOpenSchema_isText() {
        assertThat(schema("{type: object}", "a=1&b=2")).isEqualTo(Map.of("a", "1", "b", "2"));
        assertThat(schema("{additionalProperties: {type: integer}}", "a=1")).isEqualTo(Map.of("a", 1L));
        assertThat(problems(Plans.takingSchema("{additionalProperties: {type: integer}}"), NO_PATH, "a=x"))
                .isEqualTo(List.of("a in the query must be a whole number, not \"x\""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{$ref: '#/$defs/id'} | 7 | 7",
                "{$ref: '#/$defs/ids'} | 7 | [7]",
                "{type: [integer, 'null']} | 7 | 7",
                "{type: [integer, string]} | 7 | 7",
                "{type: [integer, string]} | x | \"x\"",
                "{type: [array, string]} | x | \"x\"",
                "{anyOf: [{type: boolean}, {type: number}]} | 1.5 | 1.5",
                "{oneOf: [{type: boolean}, {type: number}]} | true | true",
                "{allOf: [{minimum: 1}, {type: integer}]} | 7 | 7",
                "{enum: [1, 2]} | 2 | 2",
                "{enum: [a, b]} | a | \"a\"",
                "{const: true} | true | true",
                "{minLength: 1} | 7 | \"7\"",
                "{type: array, items: {type: integer}} | 7 | [7]"
            })
    void bind_schema_saysTheType(String property, String text, String json) {
        String schema = "{properties: {a: " + property
                + "}, $defs: {id: {type: integer}, ids: {type: array, items: {$ref: '#/$defs/id'}}}}";
        assertThat(schema(schema, "a=" + text)).isEqualTo(Map.of("a", Json.parse(json)));
    }

    @Test
    void bind_schemaThatRefersToItself_isText() {
        assertThat(InputBinding.of(Plans.takingSchema("{properties: {a: {$ref: '#/properties/a'}}}"))
                        .takesText("a"))
                .isTrue();
    }

    @Test
    void bind_object_comesByTheBodyOnly() {
        Plan plan = Plans.taking("{a: {x: integer}, b: object?, c?: [{x: integer}]}");
        assertThat(problems(plan, NO_PATH, "a=1&b=2&c=3"))
                .isEqualTo(List.of(
                        "a in the query would be an object; send it in the body",
                        "b in the query would be an object; send it in the body",
                        "c in the query would be an object; send it in the body"));
        assertThat(InputBinding.of(plan)
                        .bind(NO_PATH, null, Json.writeBytes(Map.of("a", Map.of("x", 1L))), JsonMeter.NONE))
                .isEqualTo(Map.of("a", Map.of("x", 1L)));
    }

    @Test
    void bind_body_isNotCoerced() {
        Plan plan = Plans.taking("{a: integer}");
        assertThat(InputBinding.of(plan).bind(NO_PATH, null, Json.writeBytes(Map.of("a", 1L)), JsonMeter.NONE))
                .isEqualTo(Map.of("a", 1L));
        assertThat(problems(plan, NO_PATH, null, Map.of("a", "1")))
                .isEqualTo(List.of("input.a must be a whole number of 64 bits, not text"));
    }

    @Test
    void bind_pathQueryAndBody_areOneInput() {
        Plan plan = Plans.taking("{id: integer, currency: string, lines: [integer]}");
        assertThat(InputBinding.of(plan)
                        .bind(
                                Map.of("id", "7"),
                                "currency=EUR",
                                Json.writeBytes(Map.of("lines", List.of(1L))),
                                JsonMeter.NONE))
                .isEqualTo(Map.of("id", 7L, "currency", "EUR", "lines", List.of(1L)));
    }

    @Test
    void bind_nameFromTwoPlaces_isAProblem() {
        Plan plan = Plans.taking("{id: integer, a: integer}");
        List<String> found = problems(plan, Map.of("id", "7"), "id=7&a=1", Map.of("id", 7L, "a", 1L)).stream()
                .map(String::valueOf)
                .toList();
        assertThat(found)
                .containsExactlyInAnyOrder(
                        "id occurs in both the path and the query",
                        "id occurs in both the path and the body",
                        "a occurs in both the query and the body");
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "[]", "[{\"a\":1}]", "1", "\"a\""})
    void bind_bodyThatIsNoObject_isAProblem(String json) {
        assertThat(problems(Plans.taking("{a: integer}"), NO_PATH, "b=1", Json.parse(json)))
                .isEqualTo(List.of("b in the query is unknown", "the body must be a JSON object"));
    }

    @Test
    void bind_manyErrors_areSaidAtOnceAndOnce() {
        Plan plan = Plans.taking("{id: integer, page: integer?, flag: boolean, name: string}");
        assertThat(problems(plan, Map.of("id", "x"), "page=y&flga=true", Map.of("nmae", "z")))
                .isEqualTo(List.of(
                        "id in the path must be a whole number, not \"x\"",
                        "page in the query must be a whole number, not \"y\"",
                        "flga in the query is unknown (did you mean \"flag\"?)",
                        "input.flag is missing; it must be true or false",
                        "input.name is missing; it must be text",
                        "input.nmae is unknown (did you mean \"name\"?)"));
    }

    @Test
    void bind_errors_areASentenceTooOfTheFirstTen() {
        StringBuilder query = new StringBuilder();
        for (int i = 0; i < 150; i++) {
            query.append("&x").append(i).append("=1");
        }
        MusterException thrown =
                catchThrowableOfType(MusterException.class, () -> query("{a: integer?}", query.toString()));
        assertThat(thrown.detail()).startsWith("x0 in the query is unknown; x1").endsWith("; and 90 or more others");
        assertThat((List<?>) thrown.more().get("problems")).hasSize(101).last().isEqualTo("and more");
    }

    @Test
    void bind_longNamesAndValues_areCutInMessages() {
        String problem = problemsOfQuery("{a: integer}", "a=" + "7".repeat(70) + "x&" + "n".repeat(5_000) + "=1")
                .toString();
        assertThat(problem).hasSizeLessThan(300).contains("7".repeat(60) + "…", "n".repeat(60) + "…");
    }

    @Test
    void bind_checksBeyondTypes_areTheInputs() {
        assertThat(problems(Plans.takingSchema("{properties: {a: {type: integer, maximum: 5}}}"), NO_PATH, "a=7"))
                .singleElement()
                .asString()
                .startsWith("input.a");
    }

    @Test
    void takesText_saysWhatPathAndQueryCanCarry() {
        InputBinding binding = InputBinding.of(Plans.taking("{a: integer, b: [string], c: object, d: [[string]]}"));
        assertThat(Arrays.asList("a", "b", "c", "d", "e").stream()
                        .filter(binding::takesText)
                        .toList())
                .isEqualTo(List.of("a", "b"));
    }
}
