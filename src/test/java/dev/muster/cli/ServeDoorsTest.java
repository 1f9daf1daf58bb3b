package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.node.RawCaller;
import dev.muster.node.ServeRig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands at the door of HTTP/1: hosts, ends of connections, bodies that nobody takes, methods and queries. */
@Timeout(120)
class ServeDoorsTest {

    private static final String KEY = "shop-shop-shop-shop";
    private static final String LAST = "Host: localhost\r\nConnection: close\r\n";

    @TempDir
    Path conf;

    private ServeRig rig;

    @BeforeEach
    void rig() throws Exception {
        rig = new ServeRig(conf)
                .plan("twice", "input: {n: integer}\nexpose: GET /twice/{n}\noutput: = input.n * 2")
                .plan("echo", "inputSchema: {type: object}\nexpose: POST /echo\noutput: = input")
                .plan("put", "expose: GET /put\nsteps: {a: {queue: mail, put: {x: 1}}}\noutput: done")
                .plan("puts", "expose: GET /puts\nsteps: {a: {plan: put}}\noutput: done")
                .plan("long", "expose: GET /long\noutput: " + "x".repeat(5_000))
                .plan("job", "output: 1")
                .plan("sleeps", "expose: GET /sleeps\nsteps: {a: {sleep: 20s}}\noutput: done");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void start(String server, String rest) throws Exception {
        rig.config("server: {port: 0, workers: 1" + server + "}\nqueues: {mail: {store: memory}}\n" + rest)
                .start();
    }

    private void start() throws Exception {
        start("", "");
    }

    /** All that the server says until it closes the connection. */
    private String ask(String bytes) throws Exception {
        try (var caller = new RawCaller(rig.port())) {
            return caller.send(bytes).rest();
        }
    }

    private String get(String path, String headers) throws Exception {
        return ask("GET " + path + " HTTP/1.1\r\n" + LAST + headers + "\r\n");
    }

    private static int answers(String all) {
        return all.split("(?=HTTP/1\\.[01] [1-5][0-9][0-9] )", -1).length;
    }

    // ---- hosts

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST:1",
                "127.0.0.1",
                "127.3.2.1:8080",
                "[::1]",
                "[::1]:9",
                "my.Node",
                "10.1.2.3"
            })
    void host_thatIsKnown_isAnswered(String host) throws Exception {
        start(", hosts: [my.node, 10.1.2.3]", "");
        assertThat(ask("GET /twice/2 HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /twice/2",
                "GET /v1/plans",
                "POST /v1/reload",
                "GET /health/live",
                "GET /docs",
                "GET /openapi.json",
                "GET /eventbus/info",
                "POST /twice/2",
                "OPTIONS /v1/runs",
                "GET /v1/nothing"
            })
    void host_thatAPageMayHaveMadeUp_isRefusedEverywhere(String line) throws Exception {
        start(", bridge: {websocket: true}", "");
        assertThat(ask(line + " HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 421 ")
                .contains("\"type\":\"denied\"", "evil.example", "server.hosts");
    }

    @Test
    void host_ofAWebSocket_isCheckedToo() throws Exception {
        start(", bridge: {websocket: true}", "");
        String upgrade = "GET /eventbus/websocket HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
        try (var caller = new RawCaller(rig.port())) {
            caller.send(upgrade + "Host: evil.example\r\nOrigin: http://evil.example\r\n\r\n");
            assertThat(caller.until("\r\n\r\n")).startsWith("HTTP/1.1 421 ");
        }
        try (var caller = new RawCaller(rig.port())) {
            caller.send(upgrade + "Host: localhost\r\nOrigin: http://evil.example\r\n\r\n");
            assertThat(caller.until("\r\n\r\n")).startsWith("HTTP/1.1 403 ");
        }
        try (var caller = new RawCaller(rig.port())) {
            caller.send(upgrade + "Host: localhost\r\nOrigin: http://localhost\r\n\r\n");
            assertThat(caller.until("\r\n\r\n")).startsWith("HTTP/1.1 101 ");
        }
    }

    @Test
    void host_withOpen_isAny_butNoOrigin() throws Exception {
        rig.open();
        start();
        assertThat(ask("GET /twice/2 HTTP/1.1\r\nHost: any.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ");
        assertThat(get("/twice/2", "Origin: https://evil.example\r\n")).startsWith("HTTP/1.1 403 ");
        assertThat(ask("GET /twice/2 HTTP/1.1\r\nHost: a b\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void host_withCallers_isAny_butAHost() throws Exception {
        start("", "callers: {shop: {key: " + KEY + ", may: {plans: '*'}}}");
        String key = "Authorization: Bearer " + KEY + "\r\nConnection: close\r\n\r\n";
        assertThat(ask("GET /twice/2 HTTP/1.1\r\nHost: shop.example\r\n" + key)).startsWith("HTTP/1.1 200 ");
        assertThat(ask("GET /twice/2 HTTP/1.1\r\nHost: shop example\r\n" + key)).startsWith("HTTP/1.1 400 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Host: a b/c\r\n",
                "Host: \r\n",
                "Host: localhost\r\nHost: localhost\r\n",
                "Host: u@localhost\r\n",
                "Host: localhost, localhost\r\n",
                "Host: [::1\r\n",
                "Host: localhost:99999\r\n"
            })
    void host_thatIsNone_is400_andTheEnd(String host) throws Exception {
        start();
        for (String path : List.of("/twice/2", "/v1/plans", "/health/live", "/nowhere")) {
            String all = ask("GET " + path + " HTTP/1.1\r\n" + host + "\r\nGET /twice/3 HTTP/1.1\r\n" + LAST + "\r\n");
            assertThat(all).startsWith("HTTP/1.1 400 ").containsIgnoringCase("connection: close");
            assertThat(answers(all)).isEqualTo(1);
        }
    }

    @Test
    void host_ofAnAbsoluteTarget_isTheOneOfTheHeader() throws Exception {
        start();
        assertThat(get("http://localhost/twice/2", "")).startsWith("HTTP/1.1 200 ");
        assertThat(get("http://localhost:80/twice/2", "")).startsWith("HTTP/1.1 200 ");
        assertThat(get("http://evil.example/twice/2", "")).startsWith("HTTP/1.1 400 ");
        assertThat(get("http://localhost:81/twice/2", "")).startsWith("HTTP/1.1 400 ");
        assertThat(ask("GET http://evil.example/twice/2 HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.0 421 ");
    }

    @Test
    void hosts_thatAreNone_areToldAtTheStart() throws Exception {
        rig.config("server: {hosts: ['my.node:80', 'http://my.node', '*', 'a b']}");
        assertThat(Called.with("serve", "--conf", conf.toString()).err())
                .contains("has \"my.node:80\", which is not a host")
                .contains("has \"http://my.node\", which is not a host")
                .contains("has \"a b\", which is not a host");
    }

    // ---- ends of connections

    @Test
    void requestThatSaysClose_isTheLast() throws Exception {
        start();
        for (String close : List.of("close", "CLOSE", "keep-alive, Close", "x\r\nConnection: close")) {
            String all = ask("GET /twice/1 HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    + "GET /twice/2 HTTP/1.1\r\nHost: localhost\r\nConnection: " + close + "\r\n\r\n"
                    + "GET /twice/3 HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(answers(all)).as(close).isEqualTo(2);
            assertThat(all).endsWith("\r\n\r\n4").containsIgnoringCase("connection: close");
        }
    }

    @Test
    void olderHttp_isTheLast_unlessItSaysKeepAlive() throws Exception {
        start();
        assertThat(answers(ask("GET /twice/1 HTTP/1.0\r\n\r\nGET /twice/2 HTTP/1.0\r\n\r\n")))
                .isEqualTo(1);
        String kept = ask("GET /twice/1 HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\nGET /twice/2 HTTP/1.0\r\n\r\n");
        assertThat(answers(kept)).isEqualTo(2);
    }

    @Test
    void answerThatSaysClose_isTheLast() throws Exception {
        start();
        String all = ask("POST /nope HTTP/1.1\r\nHost: localhost\r\nContent-Length: 7\r\n\r\n{\"v\":1}"
                + "GET /twice/2 HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(all).startsWith("HTTP/1.1 404 ").containsIgnoringCase("connection: close");
        assertThat(answers(all)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/queues/mail/close",
                "/v1/queues/mail/reopen",
                "/v1/queues/mail/pause",
                "/v1/queues/mail/resume",
                "/v1/queues/mail/join",
                "/v1/queues/mail/redrive",
                "/v1/queues/mail/take",
                "/v1/queues/mail/jobs/1/redrive",
                "/v1/plans/job/runs",
                "/v1/reload",
                "/nope"
            })
    void requestWithABodyOfNoBytes_isNotTheLast(String path) throws Exception {
        start();
        String all = ask("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
                + "GET /twice/2 HTTP/1.1\r\n" + LAST + "\r\n");
        assertThat(answers(all)).as(all).isEqualTo(2);
        assertThat(all).endsWith("\r\n\r\n4");
    }

    @Test
    void answerThatSaysClose_arrives_whateverStillComes() throws Exception {
        start();
        byte[] body = "x".repeat(600_000).getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < 20; i++) {
            try (var caller = new RawCaller(rig.port())) {
                caller.send("POST /nope HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n");
                caller.trySend(body);
                assertThat(caller.rest()).startsWith("HTTP/1.1 404 ").contains("/openapi.json");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /echo",
                "POST /v1/plans/echo/runs",
                "POST /v1/runs",
                "POST /v1/queues/mail/jobs",
                "POST /v1/queues/mail/take",
                "GET /twice/2"
            })
    void brokenChunk_is400_andTheEnd(String line) throws Exception {
        start();
        for (String chunk : List.of("zz\r\n", "2\r\n{}x\r\n0\r\n\r\n", "-1\r\n", "5;\0\r\n", "ffffffffffff\r\n")) {
            String all = ask(line + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk
                    + "GET /twice/3 HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(all).as(chunk).startsWith("HTTP/1.1 4").containsIgnoringCase("connection: close");
            assertThat(answers(all)).as(all).isEqualTo(1);
        }
    }

    @Test
    void brokenChunk_behindOthersThatAreAnswered_isToldInItsPlace() throws Exception {
        start();
        String all = ask("GET /twice/1 HTTP/1.1\r\nHost: localhost\r\n\r\n"
                + "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\nzz\r\n");
        assertThat(all).startsWith("HTTP/1.1 200 ").contains("HTTP/1.1 400 ", "chunk");
        assertThat(answers(all)).isEqualTo(2);
    }

    // ---- bodies that are asked for

    @Test
    void expectation_isMetOnceTheBodyIsWanted() throws Exception {
        start();
        for (String path : List.of("/echo", "/v1/plans/echo/runs")) {
            try (var caller = new RawCaller(rig.port())) {
                caller.send(
                        "POST " + path + " HTTP/1.1\r\n" + LAST + "Content-Length: 7\r\nExpect: 100-Continue\r\n\r\n");
                assertThat(caller.until("\r\n\r\n")).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
                assertThat(caller.send("{\"v\":1}").rest())
                        .startsWith("HTTP/1.1 200 ")
                        .endsWith("{\"v\":1}");
            }
        }
    }

    @Test
    void expectation_isAnsweredAtOnce_whereTheBodyIsNotWanted() throws Exception {
        start(", limits: {body: 64KiB}", "callers: {shop: {key: " + KEY + ", may: {plans: [echo]}, quota: {runs: 1}}}");
        String key = "Authorization: Bearer " + KEY + "\r\n";
        assertFinal(401, "POST /echo", "");
        assertFinal(404, "POST /nowhere", key);
        assertFinal(405, "PUT /echo", key);
        assertFinal(404, "POST /v1/plans/none/runs", key);
        assertFinal(400, "POST /v1/plans/echo/runs?x=1", key);
        assertFinal(403, "POST /v1/runs", key);
        assertFinal(413, "POST /echo", key + "Content-Length: 70000\r\n");
        assertFinal(406, "POST /echo", key + "Accept: text/html\r\n");
        assertFinal(403, "POST /echo", key + "Origin: https://evil.example\r\n");
    }

    /** No 100, and no body is waited for. */
    private void assertFinal(int status, String line, String headers) throws Exception {
        String length = headers.contains("Length") ? "" : "Content-Length: 7\r\n";
        String all = ask(line + " HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n" + length + headers + "\r\n");
        assertThat(all).as(line).startsWith("HTTP/1.1 " + status + " ").containsIgnoringCase("connection: close");
    }

    @Test
    void expectation_ofACallerWithoutRoom_is429AtOnce() throws Exception {
        start("", "callers: {shop: {key: " + KEY + ", may: {plans: '*'}, quota: {runs: 1}}}");
        String key = "Authorization: Bearer " + KEY + "\r\n";
        try (var first = new RawCaller(rig.port())) {
            first.send("GET /sleeps HTTP/1.1\r\nHost: localhost\r\n" + key + "Accept: text/event-stream\r\n\r\n");
            first.until("event: start");
            assertFinal(429, "POST /echo", key);
            assertFinal(429, "POST /v1/plans/echo/runs", key);
        }
    }

    @Test
    void expectation_ofOlderHttp_isNone() throws Exception {
        start();
        assertThat(ask("POST /echo HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n{}"))
                .startsWith("HTTP/1.0 200 ")
                .doesNotContain("100 Continue");
    }

    // ---- methods

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/plans",
                "/v1/plans/twice",
                "/v1/runs",
                "/v1/queues",
                "/v1/queues/mail",
                "/health/live",
                "/health/ready",
                "/openapi.json",
                "/docs",
                "/twice/2",
                "/long",
                "/nowhere",
                "/v1/runs/none",
                "/twice/x",
                "/v1/plans?x=1",
                "/v1/queues/mail/jobs?state=dead"
            })
    void head_hasTheHeadersOfGet_andNoBody(String path) throws Exception {
        start();
        for (String coding : List.of("", "Accept-Encoding: gzip\r\n")) {
            String get = get(path, coding);
            String head = ask("HEAD " + path + " HTTP/1.1\r\n" + LAST + coding + "\r\n");
            assertThat(stable(head)).isEqualTo(stable(get.substring(0, get.indexOf("\r\n\r\n") + 4)));
        }
    }

    /** Without what is another one each time. */
    private static String stable(String head) {
        return head.replaceAll("(?m)^muster-run: .*\r\n", "").replaceAll("(?m)^content-length: 1?[0-9][0-9]\r\n", "");
    }

    @Test
    void head_ofEvents_isAHeadAtOnce() throws Exception {
        start();
        assertThat(ask("HEAD /sleeps HTTP/1.1\r\n" + LAST + "Accept: text/event-stream\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ")
                .contains("text/event-stream")
                .endsWith("\r\n\r\n");
        String run = rig.post("/v1/plans/sleeps/runs?detach=true", "")
                .headers()
                .firstValue("muster-run")
                .orElseThrow();
        assertThat(ask("HEAD /v1/runs/" + run + "/events HTTP/1.1\r\n" + LAST + "\r\n"))
                .startsWith("HTTP/1.1 200 ")
                .contains("text/event-stream")
                .endsWith("\r\n\r\n");
    }

    @Test
    void head_ofWhatHasEffects_isNoMethodOfIt() throws Exception {
        start();
        for (String path : List.of("/put", "/puts")) {
            String head = ask("HEAD " + path + " HTTP/1.1\r\n" + LAST + "\r\n").toLowerCase(Locale.ROOT);
            assertThat(head)
                    .startsWith("http/1.1 405 ")
                    .contains("allow: get\r\n")
                    .endsWith("\r\n\r\n");
        }
        assertThat(rig.get("/v1/queues/mail").body()).contains("\"ready\":0");
        assertThat(get("/puts", "")).startsWith("HTTP/1.1 200 ");
        assertThat(rig.get("/v1/queues/mail").body()).contains("\"ready\":1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PUT /twice/2",
                "DELETE /echo",
                "PATCH /v1/runs",
                "POST /health/live",
                "TRACE /v1/plans",
                "OPTIONS /echo",
                "BREW /openapi.json",
                "DELETE /docs",
                "PUT /eventbus/info"
            })
    void otherMethod_hasATypeOfItsOwn(String line) throws Exception {
        start(", bridge: {websocket: true}", "");
        String all = ask(line + " HTTP/1.1\r\n" + LAST + "\r\n");
        assertThat(all).startsWith("HTTP/1.1 405 ").contains("\"type\":\"methodNotAllowed\"");
        assertThat(all.toLowerCase(Locale.ROOT)).contains("\r\nallow: ");
    }

    // ---- queries

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/runs?limt=3",
                "GET /v1/runs?limit=3&limit=3",
                "GET /v1/plans?x=1",
                "GET /v1/plans/twice?x",
                "GET /v1/queues?verbose=1",
                "GET /v1/queues/mail/jobs?state=dead&stat=x",
                "GET /health/live?x=1",
                "GET /openapi.json?x=1",
                "POST /v1/reload?dry=true",
                "POST /v1/plans/twice/runs?detatch=true",
                "POST /v1/plans/twice/runs?detach=1",
                "POST /v1/queues/mail/take?max=1&max=2",
                "POST /v1/queues/mail/jobs?wiat=1s",
                "DELETE /v1/runs/x?reason=a",
                "POST /v1/queues/mail/redrive?all=1"
            })
    void query_thatNobodyKnows_isRefused(String line) throws Exception {
        start();
        String name = line.replaceAll(".*[?&]([a-z]+).*", "$1");
        assertThat(ask(line + " HTTP/1.1\r\n" + LAST + "\r\n"))
                .startsWith("HTTP/1.1 400 ")
                .contains("\"type\":\"badInput\"", name);
        assertThat(rig.get("/v1/runs").body()).isEqualTo("{\"runs\":[]}");
    }

    @Test
    void allThatIsWrong_isToldTogether() throws Exception {
        start();
        assertThat(get("/v1/queues/mail/jobs?state=ded&limit=0&after=x&more=1", ""))
                .contains("\\\"dead\\\"", "limit must be", "after must be", "more in the query is unknown");
        assertThat(ask("POST /echo?a=1&a=2 HTTP/1.1\r\n" + LAST + "Content-Length: 1\r\n\r\n{"))
                .startsWith("HTTP/1.1 400 ")
                .contains("a occurs more than once", "is not JSON");
    }

    // ---- forms and codings

    @Test
    void nothingAcceptable_is406_andNothingRuns() throws Exception {
        start();
        for (String header : List.of("Accept: text/html", "Accept: */*;q=0", "Accept-Encoding: identity;q=0, *;q=0")) {
            assertThat(get("/put", header + "\r\n")).startsWith("HTTP/1.1 406 ").contains("\"type\":\"badInput\"");
        }
        assertThat(get("/put", "Accept: text/event-stream\r\nAccept-Encoding: gzip, identity;q=0\r\n"))
                .startsWith("HTTP/1.1 406 ");
        assertThat(rig.get("/v1/queues/mail").body()).contains("\"ready\":0");
    }

    @Test
    void longAnswer_isCoded_asTheCallerWishes() throws Exception {
        start();
        assertThat(get("/long", "Accept-Encoding: gzip;q=0.5\r\nAccept-Encoding: DEFLATE\r\n"))
                .contains("content-encoding: deflate\r\n", "vary: accept-encoding\r\n");
        assertThat(get("/long", "Accept-Encoding: gzip\r\n")).contains("content-encoding: gzip\r\n");
        assertThat(get("/long", "Accept-Encoding: gzip;q=0\r\n")).doesNotContain("content-encoding");
        assertThat(get("/twice/2", "Accept-Encoding: gzip\r\n"))
                .doesNotContain("content-encoding")
                .endsWith("4");
        assertThat(get("/docs", "Accept-Encoding: gzip\r\n")).contains("content-encoding: gzip\r\n", "etag: W/\"");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void pipelined_areAllAnswered_codedOrNot(boolean compression) throws Exception {
        start(", compression: " + compression, "");
        var requests = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            String path = i % 2 == 0 ? "/long" : "/twice/" + i;
            requests.append("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n"
                    + (i == 499 ? "Connection: close\r\n" : "") + "\r\n");
        }
        String all = ask(requests.toString());
        assertThat(answers(all)).isEqualTo(500);
        assertThat(all).endsWith("\r\n\r\n998");
        assertThat(all.contains("content-encoding: gzip")).isEqualTo(compression);
    }

    // ---- others, meanwhile

    /** Each opens connections and does not let go of them. */
    @Test
    void hostileCallers_keepNobodyOut() throws Exception {
        start();
        String body = "x".repeat(4_000);
        List<String> hostile = List.of(
                "POST /nope HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\n" + body,
                "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + body,
                "GET /twice/1 HTTP/1.1\r\n\r\n" + "GET /twice/1 HTTP/1.1\r\n\r\n".repeat(500),
                "GET /twice/1 HTTP/1.1\r\nHost: localhost\r\nAccept: " + "a/b;q=0.1,".repeat(1_000) + "\r\n\r\n",
                "GET /long HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n".repeat(500),
                "GET /v1/runs?" + "a=b&".repeat(3_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "POST /echo HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n");
        var held = new ArrayList<RawCaller>();
        try {
            for (int i = 0; i < 12; i++) {
                for (String bytes : hostile) {
                    var caller = new RawCaller(rig.port());
                    held.add(caller);
                    caller.trySend(bytes.getBytes(StandardCharsets.ISO_8859_1));
                }
                // Each within the patience of a caller; how fast they are is measured elsewhere.
                assertThat(get("/health/live", "")).startsWith("HTTP/1.1 200 ");
            }
        } finally {
            for (RawCaller caller : held) {
                caller.close();
            }
        }
        assertThat(get("/twice/21", "")).endsWith("42");
    }

    // ---- streams that end

    @Test
    void eventSource_isToldToStop() throws Exception {
        start();
        String run = rig.post("/v1/plans/job/runs?detach=true", "")
                .headers()
                .firstValue("muster-run")
                .orElseThrow();
        String events = get("/v1/runs/" + run + "/events", "");
        assertThat(events).startsWith("HTTP/1.1 200 ").contains("event: end");
        String last = events.replaceAll("(?s).*id: ([0-9]+).*", "$1");
        for (String accept : List.of("Accept: text/event-stream", "Accept: application/x-ndjson", "Accept: */*")) {
            for (String id : List.of(last, "999")) {
                String rest = get("/v1/runs/" + run + "/events", accept + "\r\nLast-Event-ID: " + id + "\r\n");
                assertThat(rest).startsWith("HTTP/1.1 204 ").endsWith("\r\n\r\n");
            }
        }
        assertThat(get("/v1/runs/" + run + "/events", "Last-Event-ID: 1\r\n"))
                .startsWith("HTTP/1.1 200 ")
                .contains("event: end");
    }

    @Test
    void repeat_runsNoPlanAgain() throws Exception {
        start();
        assertThat(get("/put", "Accept: text/event-stream\r\nLast-Event-ID: 2\r\n"))
                .startsWith("HTTP/1.1 204 ");
        assertThat(get("/put", "Last-Event-ID: 2\r\n"))
                .startsWith("HTTP/1.1 400 ")
                .contains("Last-Event-ID");
        assertThat(get("/put", "Accept: text/event-stream\r\nLast-Event-ID: \r\n"))
                .startsWith("HTTP/1.1 204 ");
        for (String path : List.of("/echo", "/v1/plans/put/runs", "/v1/plans/put/runs?detach=true", "/v1/runs")) {
            assertThat(ask("POST " + path + " HTTP/1.1\r\n" + LAST
                            + "Accept: text/event-stream\r\nLast-Event-ID: 2\r\nContent-Length: 2\r\n\r\n{}"))
                    .startsWith("HTTP/1.1 400 ");
        }
        assertThat(rig.get("/v1/runs").body()).isEqualTo("{\"runs\":[]}");
        assertThat(rig.get("/v1/queues/mail").body()).contains("\"ready\":0");
    }
}
