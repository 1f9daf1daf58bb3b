package dev.muster.connect.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpBaseTest {

    private final Harness http = new Harness();
    private final List<String> seen = new CopyOnWriteArrayList<>();

    @AfterEach
    void nothingIsLeft() {
        http.close();
    }

    /** Answers with what it saw; under {@code /v1/to} it redirects to the query. */
    private HttpServer server() {
        return http.serve(request -> request.body().onSuccess(body -> {
            seen.add(request.method() + " " + request.uri() + (body.length() == 0 ? "" : " " + body));
            String to = request.getParam("to");
            if (to == null) {
                request.response().end(seen.get(seen.size() - 1) + auth(request));
            } else {
                String status = request.getParam("status");
                request.response()
                        .setStatusCode(status == null ? 302 : Integer.parseInt(status))
                        .putHeader("location", to)
                        .end("moved");
            }
        }));
    }

    private static String auth(HttpServerRequest request) {
        String header = request.getHeader("authorization");
        return header == null ? "" : " " + header;
    }

    private HttpServer below(String path, String... words) {
        HttpServer server = server();
        var all = new java.util.ArrayList<>(List.of("http", "http://localhost:" + server.actualPort() + path));
        all.addAll(List.of(words));
        http.source(all.toArray(String[]::new));
        return server;
    }

    private Step redirect(String to, String status) {
        return Step.get("/to").value("query", Map.of("to", to, "status", status));
    }

    @ParameterizedTest
    @CsvSource({
        "/items, /v1/items",
        "items, /v1/items",
        "'', /v1",
        "/, /v1/",
        "?a=1, /v1?a=1",
        "/a b/\u00fc, /v1/a%20b/%C3%BC",
        "/100%, /v1/100%25",
        "/100%2525, /v1/100%2525",
        "/100%\uFF11\uFF12, /v1/100%25%EF%BC%91%EF%BC%92",
        "/a%2Fb, /v1/a%2Fb",
        "/a..b/.c/d., /v1/a..b/.c/d.",
        "/a:b@c;d=1, /v1/a:b@c;d=1"
    })
    void address_isAppendedToTheBase(String address, String expected) {
        below("/v1/");
        assertThat(http.run(Step.computed("get", address))).isEqualTo("GET " + expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../admin",
                "..",
                "/items/../../admin",
                "/items/..",
                "/items/.",
                "/%2e%2e/admin",
                "/.%2E/admin",
                "/%252e%252e/admin",
                "/.%25252e%25252fadmin",
                "/%2525252525252e%2525252525252e/admin",
                "/items/..%2f..%2fadmin",
                "/items/%2e%2e%5cadmin",
                "/..;x=1/admin",
                "\\..\\admin",
                "/items\\..\\admin",
                "//evil.example/items",
                "/\\evil.example/items",
                "http://evil.example/v1/items",
                "https://localhost/v1/items",
                "HTTP://LOCALHOST:1/v1/items",
                "ftp://localhost/v1",
                "file:///etc/passwd",
                "http://user@localhost/v1/items",
                "/items#fragment",
                "/items\r\nx: y",
                "/items\u0000"
            })
    void computedAddressThatLeaves_isBadInput(String address) {
        below("/v1");
        MusterException e = http.fail(Step.computed("get", address));
        assertThat(e.type()).isEqualTo(ErrorType.BAD_INPUT);
        assertThat(e.detail()).startsWith("get: the address ");
        assertThat(e.detail().chars()).allMatch(c -> c >= ' ');
        assertThat(seen).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "../admin", "%2e%2e", ".", "..;x"})
    void argumentIntoAnUnescapedPlace_cannotLeave(String value) {
        below("/v1");
        assertThat(http.fail(Step.get("/items/{+path}").args("path", value)).type())
                .isEqualTo(ErrorType.BAD_INPUT);
        assertThat(seen).isEmpty();
    }

    @Test
    void argumentWithEscapedSlashes_staysOneSegmentUnlessItWalksUp() {
        below("/v1");
        assertThat(http.run(Step.get("/items/{id}").args("id", "a/b..c"))).isEqualTo("GET /v1/items/a%2Fb..c");
        assertThat(http.fail(Step.get("/items/{id}").args("id", "a/../../b")).detail())
                .endsWith("/v1/items/a%2F..%2F..%2Fb, whose path a server can resolve to a parent (a segment . or ..)");
    }

    @Test
    void wholeUrlBelowTheBase_isTaken() {
        HttpServer server = below("/v1");
        String next = "http://LOCALHOST:" + server.actualPort() + "/v1/items?page=2";
        assertThat(http.run(Step.computed("get", next))).isEqualTo("GET /v1/items?page=2");
        MusterException e = http.fail(Step.computed("get", next.replace("/v1/", "/v10/")));
        assertThat(e.type()).isEqualTo(ErrorType.BAD_INPUT);
        assertThat(e.detail()).contains("/v10/items, which is not below http://localhost:");
    }

    @Test
    void addressThatIsNoText_isBadInput() {
        below("");
        assertThat(http.fail(Step.computed("get", 7L)).detail())
                .isEqualTo("get must give an address as text, not a number");
    }

    @Test
    void any_takesWholeUrlsOnly() {
        HttpServer server = server();
        http.source("http", "any", "allow[]", "localhost");
        assertThat(http.run(Step.computed("get", "http://localhost:" + server.actualPort() + "/x?y=1")))
                .isEqualTo("GET /x?y=1");
        assertThat(http.fail(Step.computed("get", "/x")).type()).isEqualTo(ErrorType.BAD_INPUT);
        assertThat(http.fail(Step.computed("get", "ftp://localhost/x")).type()).isEqualTo(ErrorType.BAD_INPUT);
    }

    @ParameterizedTest
    @CsvSource({"301, GET /v1/b", "302, GET /v1/b", "303, GET /v1/b", "307, POST /v1/b {}", "308, POST /v1/b {}"})
    void redirectOfAPost_keepsOrDropsItsBody(String status, String then) {
        below("/v1");
        Step step = Step.of("post", "/to?to=/v1/b&status=" + status).value("body", Map.of());
        assertThat(http.run(step)).isEqualTo(then);
        assertThat(seen).containsExactly("POST /v1/to?to=/v1/b&status=" + status + " {}", then);
    }

    @ParameterizedTest
    @CsvSource({"301, PUT /v1/b 1", "303, GET /v1/b"})
    void redirectOfAPut_keepsTheMethodUnlessSeeOther(String status, String then) {
        below("/v1");
        assertThat(http.run(Step.of("put", "/to?to=b&status=" + status).value("body", 1L)))
                .isEqualTo(then);
    }

    @ParameterizedTest
    @CsvSource({
        "b, GET /v1/b",
        "./b, GET /v1/b",
        "x/../b?c#d, GET /v1/b?c",
        "/v1/b, GET /v1/b",
        "../v1/b, GET /v1/b",
        "'?z=1', GET /v1/to?z=1"
    })
    void redirectWithin_isFollowed(String location, String then) {
        below("/v1");
        assertThat(http.run(redirect(location, "302"))).isEqualTo(then);
    }

    @ParameterizedTest
    @CsvSource({
        "/admin, /admin",
        "../admin, /admin",
        "/v10, /v10",
        "/v1/%2e%2e/admin, /v1/%2e%2e/admin",
        "/v1/%252e%252e/admin, /v1/%252e%252e/admin",
        "//evil.example/v1, http://evil.example/v1",
        "https://evil.example/v1?token=s3cret, https://evil.example/v1"
    })
    void redirectThatLeaves_isABadResponseThatNamesWhere(String location, String named) {
        below("/v1");
        MusterException e = http.fail(redirect(location, "302"));
        assertThat(e.type()).isEqualTo(ErrorType.BAD_RESPONSE);
        assertThat(e.detail())
                .contains("/v1/to: the answer redirects to ")
                .contains(named + ", which is not below http://localhost:")
                .doesNotContain("s3cret");
        assertThat(e.more()).containsEntry("status", 302L);
        assertThat(seen).hasSize(1);
    }

    @Test
    void redirectLoop_endsAtTheBound() {
        below("/v1", "redirects", "3");
        HttpServer loop = http.serve(request -> request.response()
                .setStatusCode(302)
                .putHeader("location", request.path() + "x")
                .end());
        http.source(loop, "redirects", "3");
        MusterException e = http.fail(Step.get("/"));
        assertThat(e.type()).isEqualTo(ErrorType.BAD_RESPONSE);
        assertThat(e.detail())
                .endsWith("/xxx: the answer redirects again after 3 redirects (redirects of source shop)");
        assertThat(http.statistics().requests()).isEqualTo(4);
    }

    @Test
    void redirectsOff_isAStatusLikeOthers() {
        below("/v1", "redirects", "0");
        assertThat(http.fail(redirect("/v1/b", "302")).more()).containsEntry("status", 302L);
        assertThat(http.run(redirect("/v1/b", "302").expect("302"))).isEqualTo("moved");
    }

    @Test
    void expectedRedirect_isNotFollowed() {
        below("/v1");
        assertThat(http.run(redirect("/v1/b", "302").expect("3xx"))).isEqualTo("moved");
    }

    @Test
    void anyRedirectedElsewhere_doesNotCarryCredentials() {
        HttpServer one = server();
        HttpServer other = server();
        http.source("http", "any", "allow[]", "localhost", "headers.Authorization", "Bearer s3cret");
        String same = "http://localhost:" + one.actualPort() + "/to?to=/b";
        assertThat(http.run(Step.computed("get", same))).isEqualTo("GET /b Bearer s3cret");
        String elsewhere =
                "http://localhost:" + one.actualPort() + "/to?to=http://localhost:" + other.actualPort() + "/b";
        assertThat(http.run(Step.computed("get", elsewhere))).isEqualTo("GET /b");
    }

    @Test
    void redirectToAnotherOrigin_carriesHarmlessHeadersOnly() {
        var there = new java.util.concurrent.CompletableFuture<io.vertx.core.MultiMap>();
        HttpServer other = http.serve(request -> {
            there.complete(request.headers());
            request.response().end("ok");
        });
        http.source("http", "any", "allow[]", "localhost", "headers.User-Agent", "me");
        String here = "http://localhost:" + server().actualPort() + "/to?status=307&to=http://localhost:"
                + other.actualPort();
        Step step = Step.computed("post", here)
                .value("headers", Map.of("X-Api-Key", "s3cret", "Cookie", "s3cret", "Accept-Language", "fr"))
                .value("body", Map.of("a", 1L));
        assertThat(http.run(step)).isEqualTo("ok");
        assertThat(Harness.await(there).names().stream()
                        .map(String::toLowerCase)
                        .filter(name -> !name.equals("accept-encoding")))
                .containsExactlyInAnyOrder(
                        "host", "accept", "accept-language", "user-agent", "content-type", "content-length");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host", "content-length", "Transfer-Encoding", "connection", "a b", "x\r\ny", ""})
    void headerThatFramesTheMessage_isBadInput(String name) {
        below("/v1");
        assertThat(http.fail(Step.get("/").value("headers", Map.of(name, "1"))).type())
                .isEqualTo(ErrorType.BAD_INPUT);
        assertThat(seen).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nx: y", "a\nb", "a\u0000", "\u4e2d"})
    void headerValueThatLeavesItsLine_isBadInput(String value) {
        below("/v1");
        assertThat(http.fail(Step.get("/").value("headers", Map.of("x", value))).type())
                .isEqualTo(ErrorType.BAD_INPUT);
    }

    @Test
    void parameterThatIsNoText_isBadInput() {
        below("/v1");
        assertThat(http.fail(Step.get("/").value("query", Map.of("a", Map.of())))
                        .detail())
                .isEqualTo("query: a must be text, a number or a truth value, not a map");
    }
}
