package dev.muster.node;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.muster.Soon;
import dev.muster.config.ProblemsException;
import dev.muster.json.Json;
import dev.muster.log.Heard;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ServeTest {

    @TempDir
    Path conf;

    private ServeRig rig;

    @BeforeEach
    void rig() throws Exception {
        rig = new ServeRig(conf)
                .plan("health", "expose: GET /api/health\noutput: {status: ok}")
                .plan("twice", "input: {n: integer}\nexpose: GET /twice/{n}\noutput: = input.n * 2")
                .plan("sleeps", "steps: {quick: {set: 1}, long: {sleep: 1m}}")
                .plan("fails", "steps: {a: {fail: no luck}}")
                .plan("partial", "steps: {a: {fail: no luck, optional: true}, b: {set: 2}}");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> json(HttpResponse<String> response) {
        return (Map<String, Object>) Json.parse(response.body());
    }

    @Test
    void exposedPlan_answersWithItsOutput() throws Exception {
        rig.start();

        HttpResponse<String> health = rig.get("/api/health");
        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(health.body()).isEqualTo("{\"status\":\"ok\"}");
        assertThat(health.headers().firstValue("content-type")).contains("application/json");
        assertThat(health.headers().firstValue("muster-run"))
                .hasValueSatisfying(id -> assertThat(id).hasSize(26));
        assertThat(rig.get("/twice/21").body()).isEqualTo("42");
    }

    @Test
    void wrongRequest_saysAllThatIsWrong() throws Exception {
        rig.start();

        HttpResponse<String> wrong = rig.get("/twice/x?m=1");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.headers().firstValue("content-type")).contains("application/problem+json");
        assertThat(json(wrong)).containsEntry("type", "badInput").containsEntry("status", 400L);
        assertThat((List<?>) json(wrong).get("problems")).hasSize(2);
        assertThat(rig.get("/nowhere").statusCode()).isEqualTo(404);
        assertThat(rig.post("/api/health", "{}").statusCode()).isEqualTo(405);
        assertThat(rig.post("/v1/plans/none/runs", "{}").statusCode()).isEqualTo(404);
        assertThat(rig.post("/v1/plans/twice/runs", "{\"n\":").statusCode()).isEqualTo(400);
        assertThat(rig.post("/v1/plans/twice/runs", "x".repeat(2 << 20)).statusCode())
                .isEqualTo(413);
    }

    @Test
    void savedPlan_runsWithItsInput() throws Exception {
        rig.start();

        assertThat(rig.post("/v1/plans/twice/runs", "{\"n\": 4}").body()).isEqualTo("8");
        HttpResponse<String> failed = rig.post("/v1/plans/fails/runs", "");
        assertThat(failed.statusCode()).isEqualTo(500);
        assertThat(json(failed))
                .containsEntry("type", "failed")
                .containsEntry("detail", "no luck")
                .containsEntry("step", "a")
                .containsEntry("run", failed.headers().firstValue("muster-run").orElseThrow());
        HttpResponse<String> partial = rig.post("/v1/plans/partial/runs", "");
        assertThat(partial.headers().firstValue("muster-partial")).contains("a");
        assertThat(json(partial)).containsEntry("b", 2L);
    }

    @Test
    void events_comeAsTheyHappen_andACallerWhoLeavesCancels() throws Exception {
        rig.start();
        HttpResponse<Stream<String>> response = ServeRig.CLIENT.send(
                rig.request("/v1/plans/sleeps/runs")
                        .header("Accept", "application/x-ndjson")
                        .POST(BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofLines());
        String run;
        try (Stream<String> lines = response.body()) {
            Iterator<String> each = lines.iterator();
            assertThat(each.next()).contains("\"event\":\"start\"");
            assertThat(each.next()).contains("\"path\":\"quick\"").contains("\"value\":1");
            run = response.headers().firstValue("muster-run").orElseThrow();
            Map<String, Object> report = json(rig.get("/v1/runs/" + run));
            assertThat(report).containsEntry("state", "running");
            assertThat(((Number) report.get("ms")).doubleValue()).isPositive();
        }

        assertThat(ended(run)).isEqualTo("cancelled");
    }

    @Test
    @SuppressWarnings("unchecked")
    void list_hasAsManyRunsAsAsked_andGoesOnBehindTheLast() throws Exception {
        rig.start();
        for (int i = 0; i < 5; i++) {
            rig.post("/v1/plans/twice/runs", "{\"n\": 4}");
        }

        List<Map<String, Object>> all =
                (List<Map<String, Object>>) json(rig.get("/v1/runs")).get("runs");
        assertThat(all).hasSize(5);
        assertThat(json(rig.get("/v1/runs?limit=2"))).containsEntry("runs", all.subList(0, 2));
        assertThat(json(rig.get("/v1/runs?limit=2&before=" + all.get(1).get("run"))))
                .containsEntry("runs", all.subList(2, 4));
        for (String wrong : List.of("0", "1001", "-1", "x", "")) {
            assertThat(rig.get("/v1/runs?limit=" + wrong).statusCode())
                    .as(wrong)
                    .isEqualTo(400);
        }
    }

    @Test
    void detached_runsOn_andItsEventsAreThereToRead() throws Exception {
        rig.start();

        HttpResponse<String> accepted = rig.post("/v1/plans/sleeps/runs?detach=true", "");
        assertThat(accepted.statusCode()).isEqualTo(202);
        String run = (String) json(accepted).get("run");
        CompletableFuture<HttpResponse<String>> events = ServeRig.CLIENT.sendAsync(
                rig.request("/v1/runs/" + run + "/events")
                        .header("Last-Event-ID", "1")
                        .build(),
                BodyHandlers.ofString());
        assertThat(rig.send(rig.request("/v1/runs/" + run + "?why=two%0Alines").DELETE())
                        .statusCode())
                .isEqualTo(400);
        HttpResponse<String> cancelled =
                rig.send(rig.request("/v1/runs/" + run + "?why=wrong%20week").DELETE());
        assertThat(cancelled.statusCode()).isEqualTo(202);

        String text = events.get().body();
        assertThat(text).contains("\"by\":\"request\"", ": wrong week\"");
        assertThat(rig.get("/v1/runs/" + run).body())
                .contains("\"cancel\":{\"by\":\"request\",\"why\":\"cancelled by ", ": wrong week\"");
        assertThat(text).doesNotContain("event: start").contains("event: end").contains("\"state\":\"cancelled\"");
        assertThat(text).startsWith("event: step\nid: 2\ndata: {");
        assertThat(rig.send(rig.request("/v1/runs/" + run).DELETE()).statusCode())
                .isEqualTo(202);
        assertThat(rig.get("/v1/runs").body()).contains(run);
    }

    @Test
    void adhoc_mayUseOnlyWhatSaysSo() throws Exception {
        rig.start();

        assertThat(rig.post("/v1/runs", "{\"plan\": \"plan: x\\nsteps: {a: {cpu: sha256, with: abc}}\\noutput: = a\"}")
                        .body())
                .startsWith("\"ba7816bf");
        HttpResponse<String> denied = rig.post(
                "/v1/runs", "{\"plan\": {\"plan\": \"x\", \"steps\": {\"a\": {\"call\": \"images.resize\"}}}}");
        assertThat(denied.statusCode()).isEqualTo(403);
        assertThat(denied.body()).contains("call images.resize");
        assertThat(rig.post("/v1/runs", "{\"plan\": {\"plan\": \"x\", \"steps\": {\"a\": {\"slep\": 1}}}}")
                        .body())
                .contains("sleep");
    }

    @Test
    void characters_areExactOrRefused() throws Exception {
        rig.plan("echo", "input: {x: any}\noutput: = input.x").start();

        String exact = "[\"a\\ud83d\",\"\\ude00\",\"\\u0000\",-0.0,1.10]";
        HttpResponse<String> echoed =
                rig.post("/v1/plans/echo/runs", "{\"x\": " + exact.replace("-0.0", "-0.00") + "}");
        assertThat(echoed.body()).isEqualTo(exact);
        HttpResponse<String> half = rig.post("/v1/runs", "{\"plan\": \"plan: x\\noutput: a\\ud83d\"}");
        assertThat(half.statusCode()).isEqualTo(400);
        assertThat(half.body()).contains("the plan has an unpaired surrogate");
        assertThat(rig.post("/v1/runs", "{\"plan\": {\"plan\": \"x\", \"output\": \"a\\ud83d\"}}")
                        .body())
                .isEqualTo("\"a\\ud83d\"");
    }

    @Test
    void callers_areAskedForTheirKey() throws Exception {
        rig.config("""
                callers:
                  shop: {key: shop-shop-shop-shop, may: {plans: [twice]}}
                """)
                .plan("open", "expose: GET /open\npublic: true\noutput: {open: = caller.name}")
                .start();

        HttpResponse<String> unknown = rig.get("/twice/2");
        assertThat(unknown.statusCode()).isEqualTo(401);
        assertThat(unknown.headers().firstValue("www-authenticate")).contains("Bearer");
        var known = rig.request("/twice/2").header("Authorization", "Bearer shop-shop-shop-shop");
        assertThat(rig.send(known).body()).isEqualTo("4");
        var other = rig.request("/api/health").header("Authorization", "Bearer shop-shop-shop-shop");
        assertThat(rig.send(other).statusCode()).isEqualTo(404);
        assertThat(rig.get("/open").statusCode()).isEqualTo(200);
        assertThat(rig.get("/health/ready").statusCode()).isEqualTo(200);
        assertThat(rig.get("/v1/runs").statusCode()).isEqualTo(401);
        assertThat(rig.get("/openapi.json").body()).contains("/open").doesNotContain("/twice/{n}");
        var asShop = rig.request("/openapi.json").header("Authorization", "Bearer shop-shop-shop-shop");
        assertThat(rig.send(asShop).body()).contains("/open", "/twice/{n}").doesNotContain("/api/health");
    }

    @Test
    void traceOfACaller_goesOnToTheSources() throws Exception {
        HttpServer upstream = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        upstream.createContext("/", exchange -> {
            String parent = exchange.getRequestHeaders().getFirst("traceparent");
            String seen =
                    parent.substring(0, 36) + " " + exchange.getRequestHeaders().getFirst("tracestate");
            exchange.sendResponseHeaders(200, seen.length());
            exchange.getResponseBody().write(seen.getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        upstream.start();
        try {
            rig.config("server: {port: 0, workers: 1}\nsources: {up: {http: 'http://127.0.0.1:"
                            + upstream.getAddress().getPort() + "'}}")
                    .plan("asks", "expose: GET /asks\nsteps: {a: {http: up, get: /, as: text}}\noutput: = a")
                    .start();
            HttpResponse<String> answer = rig.send(rig.request("/asks")
                    .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
                    .header("tracestate", "congo=1")
                    .header("tracestate", "rojo=2"));
            assertThat(answer.body()).isEqualTo("\"00-4bf92f3577b34da6a3ce929d0e0e4736- congo=1,rojo=2\"");
        } finally {
            upstream.stop(0);
        }
    }

    @Test
    void requestThatCameBeforeAReloadAndItsBodyAfter_isToldToAskAgain() throws Exception {
        rig.start();
        try (var caller = new RawCaller(rig.port())) {
            caller.send("POST /v1/plans/twice/runs HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
                            + "Content-Length: 8\r\nConnection: close\r\n\r\n")
                    .until("100 Continue\r\n\r\n");
            assertThat(rig.post("/v1/reload", "").statusCode()).isEqualTo(200);
            assertThat(caller.send("{\"n\": 4}").rest())
                    .startsWith("HTTP/1.1 503")
                    .containsIgnoringCase("retry-after: 1")
                    .contains("the configuration was replaced");
        }

        assertThat(rig.service().runManager().running()).isZero();
        assertThat(rig.post("/v1/plans/twice/runs", "{\"n\": 4}").body()).isEqualTo("8");
    }

    @Test
    void reload_takesTheNewPlans_orKeepsTheOld() throws Exception {
        rig.start();
        rig.plan("twice", "input: {n: integer}\nexpose: GET /thrice/{n}\noutput: = input.n * 3");
        assertThat(rig.post("/v1/reload", "").statusCode()).isEqualTo(200);
        assertThat(rig.get("/thrice/2").body()).isEqualTo("6");
        assertThat(rig.get("/twice/2").statusCode()).isEqualTo(404);

        rig.plan("twice", "steps: {a: {slep: 1s}}");
        HttpResponse<String> refused = rig.post("/v1/reload", "");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("twice.yaml:2:13").contains("did you mean");
        assertThat(rig.get("/thrice/2").body()).isEqualTo("6");
    }

    @Test
    @SuppressWarnings("unchecked")
    void reload_saysWhichSettingsNeedARestart_andAppliesTheRest() throws Exception {
        rig.start();
        assertThat(json(rig.post("/v1/reload", ""))).containsEntry("restart", List.of());
        rig.config("""
                server:
                  host: localhost
                  hosts: [my.node]
                  port: 8099
                  workers: 3
                  drain: 6s
                  transport: nio
                  compression: false
                  cors: ['https://shop.example']
                  accessLog: true
                  log: {level: warn}
                  bridge: {tcp: {port: 7001, host: localhost}, websocket: true, addresses: [images]}
                  limits: {cleanUp: 3s, cpuThreads: 3, cpuWaiting: 3, blockingThreads: 3, blockingWaiting: 3, runs: 3,
                    events: 3, eventsBytes: 3, eventsAge: 3s, ended: 3, endedBytes: 3, body: 3, headers: 3,
                    requestTime: 3s, idle: 3s, connections: 3, steps: 3, runTime: 3s, output: 3KiB}
                """).plan("thrice", "output: 3");
        try (Heard heard = Heard.of("dev.muster.node")) {
            Map<String, Object> answer = json(rig.post("/v1/reload", ""));
            assertThat((List<Object>) answer.get("plans")).contains("thrice");
            List<String> restart = (List<String>) answer.get("restart");
            assertThat(restart)
                    .containsExactlyInAnyOrder(
                            ("host hosts port workers drain transport compression cors accessLog bridge.tcp.host"
                                            + " bridge.tcp.port bridge.websocket bridge.addresses limits.cleanUp limits.cpuThreads"
                                            + " limits.cpuWaiting limits.blockingThreads limits.blockingWaiting"
                                            + " limits.runs limits.events limits.eventsBytes limits.eventsAge limits.ended"
                                            + " limits.endedBytes limits.body limits.headers limits.requestTime"
                                            + " limits.idle limits.connections")
                                    .lines()
                                    .flatMap(words -> Stream.of(words.split(" ")))
                                    .map(word -> "server." + word)
                                    .toArray(String[]::new));
            assertThat(heard.saying("need a restart").text())
                    .contains(" WARN ")
                    .contains(": server.host, server.hosts, server.port, ");
        }
        rig.config("");
        assertThat(json(rig.post("/v1/reload", ""))).containsEntry("restart", List.of());
    }

    @Test
    void drain_letsRunsEnd_andThenNobodyListens() throws Exception {
        rig.plan("short", "steps: {a: {sleep: 1500ms}}\noutput: done").start();
        CompletableFuture<HttpResponse<String>> running = ServeRig.CLIENT.sendAsync(
                rig.request("/v1/plans/short/runs")
                        .POST(BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
        Soon.until("a run", () -> rig.service().runManager().running() != 0);
        rig.service().drain();

        assertThat(running.get().body()).isEqualTo("\"done\"");
        assertThatThrownBy(() -> rig.get("/api/health")).isInstanceOf(IOException.class);
    }

    @Test
    void connectionThatWasLetInBeforeTheDrain_mayStillAsk() throws Exception {
        rig.start();
        try (var early = new Socket("127.0.0.1", rig.service().port())) {
            var drained = CompletableFuture.runAsync(() -> {
                try {
                    rig.service().drain();
                } catch (InterruptedException e) {
                    throw new CompletionException(e);
                }
            });
            Soon.until(
                    "the end of the node's listening",
                    () -> !isOpen(rig.service().port()));
            early.getOutputStream().write("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
            var answer = new BufferedReader(new InputStreamReader(early.getInputStream(), US_ASCII));
            assertThat(answer.readLine()).isEqualTo("HTTP/1.1 200 OK");
            drained.get();
        }
    }

    private static boolean isOpen(int port) {
        try (var caller = new Socket("127.0.0.1", port)) {
            return caller.isConnected();
        } catch (IOException closed) {
            return false;
        }
    }

    @Test
    void badConfiguration_isRefusedWithAllThatIsWrong() throws Exception {
        rig.config("server: {port: 99999, wrong: 1}\ncallers: {a: {key: short}}");

        assertThatThrownBy(rig::start)
                .isInstanceOfSatisfying(
                        ProblemsException.class,
                        wrong -> assertThat(wrong.problems()).hasSizeGreaterThanOrEqualTo(3));
    }

    private String ended(String run) throws Exception {
        while (true) {
            String state = (String) json(rig.get("/v1/runs/" + run)).get("state");
            if (!state.equals("running")) {
                return state;
            }
        }
    }
}
