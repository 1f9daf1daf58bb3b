package dev.muster.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.config.Problem;
import dev.muster.config.Problems;
import dev.muster.plan.Plan;
import dev.muster.web.Endpoints.Found;
import dev.muster.web.Endpoints.Match;
import dev.muster.web.Endpoints.NoPath;
import dev.muster.web.Endpoints.OtherMethods;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointsTest {

    private static final NoPath NOTHING = new NoPath();

    private static Endpoints of(String... exposes) {
        Problems problems = new Problems();
        Endpoints endpoints = Endpoints.of(plans(exposes), problems);
        assertThat(problems.list()).isEmpty();
        return endpoints;
    }

    /** Plans that are named a, b, c, … in this order. */
    private static List<Plan> plans(String... exposes) {
        String names = "abcdefghij";
        return Arrays.stream(exposes)
                .map(expose -> Plans.exposed(
                        names.substring(List.of(exposes).indexOf(expose)).substring(0, 1), expose))
                .toList();
    }

    private static List<String> problems(Plan... plans) {
        Problems problems = new Problems();
        Endpoints.of(List.of(plans), problems);
        return problems.list().stream().map(Problem::toString).toList();
    }

    private static String planOf(Found found) {
        return found instanceof Match match ? match.plan().name() : found.toString();
    }

    private static Map<String, String> values(Endpoints endpoints, String path) {
        return ((Match) endpoints.find("GET", path)).values();
    }

    @Test
    void find_literalPath_givesItsPlan() {
        Endpoints endpoints = of("GET /api/data", "GET /api/health", "GET /");
        assertThat(planOf(endpoints.find("GET", "/api/data"))).isEqualTo("a");
        assertThat(planOf(endpoints.find("GET", "/api/health"))).isEqualTo("b");
        assertThat(planOf(endpoints.find("GET", "/"))).isEqualTo("c");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*",
                "api",
                "/api",
                "/api/",
                "/api/data/",
                "//api/data",
                "/api//data",
                "/API/data",
                "/api/data/x"
            })
    void find_otherPath_givesNothing(String path) {
        assertThat(of("GET /api/data").find("GET", path)).isEqualTo(NOTHING);
    }

    @Test
    void find_trailingSlash_isAnotherPath() {
        assertThat(of("GET /items/{id}").find("GET", "/items/7/")).isEqualTo(NOTHING);
    }

    @Test
    void find_emptySegment_isNoValue() {
        assertThat(of("GET /items/{id}").find("GET", "/items/")).isEqualTo(NOTHING);
        assertThat(of("GET /{a}").find("GET", "/")).isEqualTo(NOTHING);
        assertThat(of("GET /items/{id}/x").find("GET", "/items//x")).isEqualTo(NOTHING);
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "..", "%2e", "%2E.", ".%2e", "%2e%2E"})
    void find_dots_areNoValue(String segment) {
        Endpoints endpoints = of("GET /items/{id}", "GET /items/{id}/x");
        assertThat(endpoints.find("GET", "/items/" + segment)).isEqualTo(NOTHING);
        assertThat(endpoints.find("GET", "/items/" + segment + "/x")).isEqualTo(NOTHING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"...", ".a", "..a", "a..", "%2e%2e%2e", "%2ea", ".%2"})
    void find_moreThanDots_areValues(String segment) {
        Endpoints endpoints = of("GET /items/{id}");
        if (segment.equals(".%2")) {
            assertThat(endpoints.find("GET", "/items/" + segment)).isInstanceOf(Endpoints.Malformed.class);
        } else {
            assertThat(values(endpoints, "/items/" + segment))
                    .isEqualTo(Map.of("id", segment.replaceAll("(?i)%2e", ".")));
        }
    }

    @Test
    void find_literalAndVariable_prefersTheLiteral() {
        Endpoints endpoints = of("GET /items/{id}", "GET /items/new");
        assertThat(planOf(endpoints.find("GET", "/items/new"))).isEqualTo("b");
        assertThat(planOf(endpoints.find("GET", "/items/newer"))).isEqualTo("a");
    }

    @Test
    void find_literalThatLeadsNowhere_triesTheVariable() {
        Endpoints endpoints = of("GET /items/new/draft", "GET /items/{id}/price", "GET /{kind}/{id}/{part}/all");
        assertThat(planOf(endpoints.find("GET", "/items/new/price"))).isEqualTo("b");
        assertThat(values(endpoints, "/items/new/draft/all"))
                .isEqualTo(Map.of("kind", "items", "id", "new", "part", "draft"));
    }

    @Test
    void find_literalOfAnotherMethod_triesTheVariable() {
        Endpoints endpoints = of("POST /items/new", "GET /items/{id}");
        assertThat(planOf(endpoints.find("GET", "/items/new"))).isEqualTo("b");
        assertThat(planOf(endpoints.find("POST", "/items/new"))).isEqualTo("a");
        assertThat(endpoints.find("DELETE", "/items/new")).isEqualTo(new OtherMethods(List.of("GET", "HEAD", "POST")));
    }

    @Test
    void find_head_findsWhatGetFinds() {
        assertThat(planOf(of("GET /a").find("HEAD", "/a"))).isEqualTo("a");
        assertThat(of("POST /a").find("HEAD", "/a")).isEqualTo(new OtherMethods(List.of("POST")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"OPTIONS", "TRACE", "get", "", "BREW"})
    void find_methodOfNoPlan_saysTheAllowedOnes(String method) {
        assertThat(of("DELETE /a", "PUT /{x}").find(method, "/a"))
                .isEqualTo(new OtherMethods(List.of("PUT", "DELETE")));
        assertThat(of("DELETE /a").find(method, "/b")).isEqualTo(NOTHING);
    }

    @ParameterizedTest
    @CsvSource({
        "a%20b, a b",
        "a+b, a+b",
        "%2F, /",
        "%252F, %2F",
        "%C3%A9, é",
        "%f0%9f%98%80, 😀",
        "a=1&b;c, a=1&b;c",
        "\u00c3\u00a9, é"
    })
    void find_value_isDecodedOnce(String sent, String value) {
        assertThat(values(of("GET /items/{id}"), "/items/" + sent)).isEqualTo(Map.of("id", value));
    }

    @ParameterizedTest
    @CsvSource({
        "%, a % without two hexadecimal digits",
        "a%2, a % without two hexadecimal digits",
        "%zz, a % without two hexadecimal digits",
        "%+1, a % without two hexadecimal digits",
        "%00, a NUL",
        "%FF, is not UTF-8",
        "%C3, is not UTF-8",
        "%C0%AF, is not UTF-8",
        "%ED%A0%80, is not UTF-8",
        "\u00ff, is not UTF-8",
        "\u20ac, must be percent-encoded"
    })
    void find_valueThatIsNone_isMalformed(String sent, String why) {
        assertThat(of("GET /items/{id}").find("GET", "/items/" + sent))
                .isInstanceOfSatisfying(
                        Endpoints.Malformed.class,
                        malformed -> assertThat(malformed.detail())
                                .startsWith("the path's {id} ")
                                .contains(why));
    }

    @Test
    void find_brokenValueWhereNoPlanIs_isNothing() {
        assertThat(of("GET /items/{id}/x").find("GET", "/items/%/y")).isEqualTo(NOTHING);
    }

    @Test
    void find_escapedLiteral_isAnotherPath() {
        assertThat(of("GET /api/data").find("GET", "/%61pi/data")).isEqualTo(NOTHING);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1",
                "/v1/plans",
                "/health/live",
                "/openapi.json",
                "/docs",
                "/docs/docs.css",
                "/eventbus",
                "/eventbusses/x"
            })
    void find_pathOfMuster_neverMatchesAVariable(String path) {
        assertThat(of("GET /{a}", "GET /{a}/{b}").find("GET", path)).isEqualTo(NOTHING);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1",
                "/v1/x",
                "/v1/{x}",
                "/health",
                "/health/x",
                "/openapi.json",
                "/docs",
                "/docs/{x}",
                "/eventbus/x"
            })
    void of_pathOfMuster_isAProblem(String path) {
        assertThat(problems(Plans.exposed("a", "GET " + path)))
                .singleElement()
                .asString()
                .startsWith("a.yaml:1:1: expose: GET " + path + ": ")
                .contains("reserved for Muster", "choose another path");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1x", "/v2/plans", "/api/v1", "/healthy", "/doc", "/openapi.yaml", "/event"})
    void of_pathLikeMusters_isAPath(String path) {
        assertThat(planOf(of("GET " + path).find("GET", path))).isEqualTo("a");
    }

    @Test
    void of_sameRequest_isAProblemOfTheLaterPlan() {
        assertThat(problems(
                        Plans.exposed("b", "GET /items/{key}"),
                        Plans.exposed("a", "GET /items/{id}"),
                        Plans.exposed("c", "POST /items/{id}")))
                .containsExactly(
                        "b.yaml:1:1: expose: GET /items/{key}: the plan \"a\" (a.yaml:1:1) answers the same requests;"
                                + " change the method or the path of one");
    }

    @Test
    void of_dotsInAPath_areAProblem() {
        assertThat(problems(Plans.exposed("a", "GET /a/../b")))
                .containsExactly(
                        "a.yaml:1:1: expose: GET /a/../b: . and .. are resolved by clients and cannot be segments"
                                + " of a path; leave them out");
    }

    @Test
    void of_objectInAPath_isAProblem() {
        assertThat(problems(Plans.parse("a", "input: {id: {x: string}}\nexpose: GET /items/{id}\noutput: ok\n")))
                .containsExactly(
                        "a.yaml:1:1: expose: GET /items/{id}: the input {id} is an object, which a path cannot hold;"
                                + " take it from the body");
    }

    @Test
    void of_planWithoutExpose_hasNoEndpoint() {
        assertThat(Endpoints.of(List.of(Plans.taking("{}")), new Problems()).find("GET", "/t"))
                .isEqualTo(NOTHING);
    }
}
