package dev.muster.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.Receipt;
import dev.muster.json.Json;
import dev.muster.plan.ErrorType;
import dev.muster.plan.Plan;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.OutputUnit;
import io.vertx.openapi.contract.OpenAPIVersion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenApiTest {

    private static final Plan PRODUCT = Plans.parse("product-page", """
            input: {id: integer, currency: string?, tags?: [string], price: number, filter?: {stars: integer}}
            expose: GET /products/{id}
            output: {product: = input.id, status: ok, none: null, list: [= input.id]}
            """);
    private static final Plan ORDER = Plans.parse("order", """
            inputSchema:
              type: object
              properties:
                shop: {$ref: '#/$defs/name'}
                lines: {type: array, items: {$ref: '#/$defs/line'}}
                note: {type: [string, 'null']}
              required: [shop, lines]
              additionalProperties: false
              $defs:
                name: {type: string, minLength: 1}
                line: {type: object, properties: {id: {type: integer}, parts: {type: array, items: {$ref: '#/$defs/line'}}}}
            expose: POST /shops/{shop}/orders
            output: = input.lines
            """);
    private static final Plan OPEN = Plans.parse("open", """
            inputSchema: {type: object, properties: {name: {type: string}}, additionalProperties: {type: integer}}
            expose: GET /shops/{name}/orders
            public: true
            output: ok
            """);
    private static final Plan HIDDEN = Plans.taking("{a: integer}");
    private static final List<Plan> PLANS = List.of(PRODUCT, ORDER, OPEN, HIDDEN, Plans.exposed("root", "DELETE /"));

    private static Map<?, ?> document(boolean hasCallers) {
        return (Map<?, ?>) Objects.requireNonNull(
                Json.parse(OpenApi.document(PLANS, hasCallers).getBytes()));
    }

    private static Object at(Object value, Object... path) {
        Object found = value;
        for (Object part : path) {
            found = found instanceof List<?> list ? list.get((Integer) part) : ((Map<?, ?>) found).get(part);
            assertThat(found).as("%s of %s", part, List.of(path)).isNotNull();
        }
        return found;
    }

    private static Map<?, ?> operation(String path, String method) {
        return (Map<?, ?>) at(document(true), "paths", path, method);
    }

    private static Map<?, ?> parameter(Map<?, ?> operation, String name) {
        return ((List<?>) operation.get("parameters"))
                .stream()
                        .map(it -> (Map<?, ?>) it)
                        .filter(it -> name.equals(it.get("name")))
                        .findFirst()
                        .orElseThrow();
    }

    private static List<?> names(Map<?, ?> operation) {
        return ((List<?>) operation.get("parameters"))
                .stream()
                        .map(it -> ((Map<?, ?>) it).get("name"))
                        .filter(Objects::nonNull)
                        .toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void document_isValidByTheSchemaOfOpenApi(boolean hasCallers) throws Exception {
        assertThat(isValid(new JsonObject(OpenApi.document(PLANS, hasCallers)))).isTrue();
    }

    @Test
    void schemaOfOpenApi_findsWhatIsWrong() throws Exception {
        JsonObject document = new JsonObject(OpenApi.document(PLANS, true));
        document.getJsonObject("paths")
                .getJsonObject("/v1/plans")
                .getJsonObject("get")
                .put("responses", "none");
        assertThat(isValid(document)).isFalse();
    }

    private static boolean isValid(JsonObject document) throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            OutputUnit result = OpenAPIVersion.V3_1
                    .getRepository(vertx, "https://muster.invalid/")
                    .compose(repository -> OpenAPIVersion.V3_1.validateContract(vertx, repository, document))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
            return Boolean.TRUE.equals(result.getValid());
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void references_leadSomewhere(boolean hasCallers) {
        Map<?, ?> document = document(hasCallers);
        Set<String> references = new TreeSet<>();
        collect(document, "$ref", references);
        assertThat(references).hasSizeGreaterThan(20).contains("#/components/schemas/input.order/$defs/line");
        @SuppressWarnings("unchecked") // keys of JSON values are strings
        Map<String, ?> root = (Map<String, ?>) document;
        assertThat(references)
                .allSatisfy(ref -> assertThat(ParameterType.resolve(root, ref)).isPresent());
    }

    @Test
    void operations_haveNamesOfTheirOwnAndDeclareTheirVariables() {
        List<String> ids = new ArrayList<>();
        collect(at(document(true), "paths"), "operationId", ids);
        assertThat(ids).hasSize(35).doesNotHaveDuplicates();
        ((Map<?, ?>) at(document(true), "paths"))
                .forEach((path, item) -> ((Map<?, ?>) item).values().forEach(operation -> {
                    List<?> parameters =
                            ((Map<?, ?>) operation).get("parameters") instanceof List<?> it ? it : List.of();
                    Set<String> inPath = new TreeSet<>();
                    parameters.stream()
                            .map(it -> (Map<?, ?>) it)
                            .filter(it -> "path".equals(it.get("in")))
                            .forEach(it -> {
                                assertThat(it.get("required")).isEqualTo(true);
                                inPath.add("{" + it.get("name") + "}");
                            });
                    Set<String> written = new TreeSet<>();
                    Endpoints.segments(String.valueOf(path)).stream()
                            .filter(Endpoint::isVariable)
                            .forEach(written::add);
                    assertThat(inPath).as("%s", path).isEqualTo(written);
                    assertThat(((Map<?, ?>) operation).get("responses"))
                            .as("%s", path)
                            .isInstanceOf(Map.class);
                }));
    }

    @Test
    void document_hasEveryRequestThatIsAlwaysThere() {
        List<String> ids = new ArrayList<>();
        collect(at(document(true), "paths"), "operationId", ids);
        assertThat(ids)
                .contains(
                        "listPlans",
                        "getPlan",
                        "runPlan",
                        "listRuns",
                        "runAdhocPlan",
                        "getRun",
                        "cancelRun",
                        "getRunEvents",
                        "listQueues",
                        "getQueue",
                        "listJobs",
                        "putJob",
                        "takeJobs",
                        "getJob",
                        "cancelJob",
                        "ackJob",
                        "failJob",
                        "extendJob",
                        "releaseJob",
                        "redriveJob",
                        "closeQueue",
                        "reopenQueue",
                        "pauseQueue",
                        "resumeQueue",
                        "redriveQueue",
                        "reload",
                        "live",
                        "started",
                        "ready",
                        "describe");
        assertThat(document(true).containsKey("servers")).isFalse();
    }

    @Test
    void whatStartsARun_takesTheHeadersOfATrace() {
        for (Map<?, ?> operation : List.of(
                operation("/products/{id}", "get"),
                operation("/v1/plans/{name}/runs", "post"),
                operation("/v1/runs", "post"))) {
            assertThat(operation.get("parameters").toString())
                    .contains("#/components/parameters/traceparent", "#/components/parameters/tracestate");
        }
    }

    @Test
    void get_takesPathAndQueryAsParametersAndObjectsByTheBody() {
        Map<?, ?> operation = operation("/products/{id}", "get");
        assertThat(operation.get("x-muster-plan")).isEqualTo("product-page");
        assertThat(names(operation)).isEqualTo(List.of("id", "currency", "tags", "price"));
        assertThat(parameter(operation, "id"))
                .isEqualTo(Map.of("name", "id", "in", "path", "required", true, "schema", Map.of("type", "integer")));
        assertThat(parameter(operation, "currency"))
                .isEqualTo(Map.of("name", "currency", "in", "query", "schema", Map.of("type", "string")));
        assertThat(at(parameter(operation, "tags"), "schema", "type")).isEqualTo("array");
        assertThat(parameter(operation, "price").get("required")).isEqualTo(true);
        assertThat(at(operation, "requestBody", "required")).isEqualTo(false);
        assertThat(((Map<?, ?>) at(operation, "requestBody", "content", "application/json", "schema", "properties"))
                        .keySet()
                        .toString())
                .isEqualTo("[filter]");
    }

    @Test
    void post_takesTheRestByTheBody() {
        Map<?, ?> operation = operation("/shops/{name}/orders", "post");
        Map<?, ?> schema = (Map<?, ?>) at(operation, "requestBody", "content", "application/json", "schema");
        assertThat(schema.get("required")).isEqualTo(List.of("lines"));
        assertThat(((Map<?, ?>) schema.get("properties")).keySet().toString()).isEqualTo("[lines, note]");
        assertThat(at(schema, "properties", "lines", "items", "$ref"))
                .isEqualTo("#/components/schemas/input.order/$defs/line");
        assertThat(schema.get("additionalProperties")).isEqualTo(false);
        assertThat(at(operation, "requestBody", "required")).isEqualTo(true);
    }

    @Test
    void pathsThatDifferInNamesOnly_areOne() {
        assertThat(names(operation("/shops/{name}/orders", "get"))).isEqualTo(List.of("name", "others"));
        Map<?, ?> renamed = parameter(operation("/shops/{name}/orders", "post"), "name");
        assertThat(renamed.get("description")).isEqualTo("The input `shop` of the plan.");
        assertThat(((Map<?, ?>) at(document(true), "paths")).containsKey("/shops/{shop}/orders"))
                .isFalse();
    }

    @Test
    void openInput_takesOtherNames() {
        Map<?, ?> others = parameter(operation("/shops/{name}/orders", "get"), "others");
        assertThat(at(others, "schema", "additionalProperties", "type")).isEqualTo("integer");
    }

    @Test
    void output_hasItsShapeAsWritten() {
        Map<?, ?> schema = (Map<?, ?>)
                at(operation("/products/{id}", "get"), "responses", "200", "content", "application/json", "schema");
        assertThat(schema.get("properties"))
                .isEqualTo(Map.of(
                        "product", Map.of(),
                        "status", Map.of("const", "ok"),
                        "none", Map.of("type", "null"),
                        "list", Map.of("type", "array")));
        assertThat(schema.get("required")).isEqualTo(List.of("product", "status", "none", "list"));
    }

    @Test
    void callers_needAKeyButForPublicPlansAndHealth() {
        assertThat(document(true).get("security")).isEqualTo(List.of(Map.of("bearer", List.of())));
        assertThat(operation("/products/{id}", "get").containsKey("security")).isFalse();
        assertThat(((Map<?, ?>) at(operation("/products/{id}", "get"), "responses")).containsKey("401"))
                .isTrue();
        Map<?, ?> open = operation("/shops/{name}/orders", "get");
        assertThat(open.get("security")).isEqualTo(List.of());
        assertThat(((Map<?, ?>) open.get("responses")).containsKey("401")).isFalse();
        assertThat(operation("/health/live", "get").get("security")).isEqualTo(List.of());
    }

    @Test
    void withoutCallers_nothingSpeaksOfKeys() {
        String text = OpenApi.document(PLANS, false).toString();
        assertThat(text).doesNotContain("security", "bearer", "\"401\"", "\"403\"", "problem401", "problem403");
    }

    @Test
    void problems_haveTheTypesOfTheLanguage() {
        List<String> words =
                Arrays.stream(ErrorType.values()).map(type -> type.word()).toList();
        assertThat(at(document(true), "components", "schemas", "Problem", "properties", "type", "enum"))
                .isEqualTo(words);
    }

    @Test
    void cancels_haveTheWordsOfReceipts() {
        assertThat(at(document(true), "components", "schemas", "CancelledBy", "enum"))
                .isEqualTo(
                        Arrays.stream(Receipt.By.values()).map(by -> by.word()).toList());
        assertThat(at(document(true), "components", "schemas", "Cancel", "properties", "state", "enum"))
                .isEqualTo(Arrays.stream(Receipt.State.values())
                        .map(state -> state.word())
                        .toList());
    }

    @Test
    void whatStartsARun_maySayThatSomebodyElseCancelledIt() {
        for (Map<?, ?> operation : List.of(
                operation("/products/{id}", "get"),
                operation("/v1/plans/{name}/runs", "post"),
                operation("/v1/runs", "post"))) {
            assertThat(((Map<?, ?>) operation.get("responses")).containsKey("409"))
                    .isTrue();
        }
        assertThat(operation("/v1/runs/{id}", "delete").get("parameters").toString())
                .contains("why");
    }

    @Test
    void planWithoutExpose_hasNoPath() {
        assertThat(OpenApi.document(PLANS, true).toString()).doesNotContain("plan.t\"");
    }

    private static void collect(Object value, String key, Collection<String> found) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, inner) -> {
                if (name.equals(key) && inner instanceof String text) {
                    found.add(text);
                }
                collect(inner, key, found);
            });
        } else if (value instanceof List<?> list) {
            list.forEach(inner -> collect(inner, key, found));
        }
    }
}
