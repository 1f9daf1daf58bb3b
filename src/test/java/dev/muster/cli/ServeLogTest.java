package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Soon;
import dev.muster.access.Caller;
import dev.muster.json.Json;
import dev.muster.log.Heard;
import dev.muster.log.Heard.Line;
import dev.muster.log.Log;
import dev.muster.log.LogSettings;
import dev.muster.loop.Loop;
import dev.muster.node.ConfDir;
import dev.muster.node.NodeSetup;
import dev.muster.node.ServeRig;
import dev.muster.run.Event;
import dev.muster.run.RunListener;
import dev.muster.service.Deployment;
import dev.muster.service.RunRequest;
import io.vertx.core.Future;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

@Timeout(120)
class ServeLogTest {

    private static final String KEY = "shop-shop-shop-shop";
    private static final String LOGGED =
            "server: {port: 0, workers: 1, accessLog: true}\ncallers: {shop: {key: " + KEY + ", may: {plans: '*'}}}";

    @TempDir
    Path conf;

    private ServeRig rig;
    private final Heard heard = Heard.of("dev.muster");

    @BeforeEach
    void rig() throws Exception {
        rig = new ServeRig(conf)
                .plan("twice", "input: {n: integer}\nexpose: GET /twice/{n}\noutput: = input.n * 2")
                .plan("sleeps", "steps: {quick: {set: 1}, long: {sleep: 1m}}");
    }

    @AfterEach
    void close() {
        rig.close();
        heard.close();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> json(Line line) {
        return (Map<String, Object>) Json.parse(line.json());
    }

    private Line access(String words) throws InterruptedException {
        return heard.first(line ->
                line.json().contains("dev.muster.web.access") && line.text().contains(words));
    }

    // ---- the access log

    @Test
    void request_hasALineAtItsEnd_withoutItsQuery() throws Exception {
        rig.config(LOGGED).start();
        HttpResponse<String> answer = rig.send(rig.request("/twice/21").header("Authorization", "Bearer " + KEY));
        String run = answer.headers().firstValue("muster-run").orElseThrow();
        rig.get("/nowhere?token=" + KEY);

        assertThat(access("/twice/21").text())
                .contains(" INFO  dev.muster.web.access: [run " + run + "")
                .containsPattern("\\] 127\\.0\\.0\\.1 shop GET /twice/21 HTTP/(2|1\\.1) 200 2 B [0-9.]+ ms\n$");
        assertThat(json(access("/twice/21")))
                .containsEntry("run", run)
                .containsEntry("caller", "shop")
                .containsEntry("remote", "127.0.0.1")
                .containsEntry("method", "GET")
                .containsEntry("path", "/twice/21")
                .containsEntry("status", 200L)
                .containsEntry("bytes", 2L)
                .containsKeys("protocol", "ms");
        Line unknown = access("/nowhere");
        assertThat(json(unknown)).containsEntry("status", 401L).doesNotContainKey("run");
        assertThat(heard.lines()).noneMatch(line -> line.json().contains(KEY));
    }

    @Test
    void probesOfHealth_haveNoLine() throws Exception {
        rig.config("server: {port: 0, workers: 1, accessLog: true}").start();
        for (String probe : List.of("/health/live", "/health/ready", "/health/started", "/health/live?x=1")) {
            rig.get(probe);
            rig.send(rig.request(probe).method("HEAD", HttpRequest.BodyPublishers.noBody()));
        }
        rig.post("/health/ready", "{}");
        assertThat(json(access("/health/ready")))
                .containsEntry("method", "POST")
                .containsEntry("status", 405L);
        rig.get("/health/other");
        assertThat(json(access("/health/other"))).containsEntry("status", 404L);
        assertThat(heard.lines())
                .filteredOn(line -> line.json().contains("dev.muster.web.access"))
                .hasSize(2);
    }

    @Test
    void callerWhoLeaves_is499() throws Exception {
        rig.config("server: {port: 0, workers: 1, accessLog: true}").start();
        try (var socket = new Socket("127.0.0.1", rig.port())) {
            send(socket, "POST /v1/plans/sleeps/runs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
            Soon.until("a run", () -> rig.service().runManager().running() != 0);
        }

        assertThat(json(access("/v1/plans/sleeps/runs"))).containsEntry("status", 499L);
    }

    @Test
    void webSocket_hasALineWhenItCloses() throws Exception {
        rig.config("server: {port: 0, workers: 1, accessLog: true, bridge: {websocket: true}}")
                .start();
        try (var socket = new Socket("127.0.0.1", rig.port())) {
            send(socket, """
                    GET /eventbus/websocket HTTP/1.1\r
                    Host: localhost\r
                    Upgrade: websocket\r
                    Connection: Upgrade\r
                    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                    Sec-WebSocket-Version: 13\r
                    \r
                    """);
            assertThat(socket.getInputStream().read()).isEqualTo('H');
        }

        assertThat(json(access("/eventbus/websocket"))).containsEntry("status", 101L);
    }

    @Test
    void requestThatIsNone_hasALine_andForgesNothing() throws Exception {
        rig.config("server: {port: 0, workers: 1, accessLog: true}").start();
        try (var socket = new Socket("127.0.0.1", rig.port())) {
            send(socket, "GET /a\u001b[2J\u0085b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            socket.getInputStream().readAllBytes();
        }
        try (var socket = new Socket("127.0.0.1", rig.port())) {
            send(socket, "GET /long HTTP/1.1\r\nHost: localhost\r\nh: " + "x".repeat(40_000) + "\r\n\r\n");
            socket.getInputStream().readAllBytes();
        }

        Line forged = access("[2J");
        assertThat(forged.text()).contains("/a\\u001b[2J\\u0085b").doesNotContain("\u001b");
        assertThat(json(access("413"))).containsEntry("status", 413L);
    }

    @Test
    void accessLog_isOffUnlessAskedFor() throws Exception {
        rig.start();
        rig.get("/twice/1");
        rig.service().drain();

        assertThat(heard.lines()).noneMatch(line -> line.json().contains("dev.muster.web.access"));
    }

    // ---- lines of a run

    @Test
    void lineWithinAStep_namesRunPlanAndStep() throws Exception {
        rig.start();
        var begun = new AtomicReference<String>();
        take("sleeps", new RunListener() {
            @Override
            public void event(Event event) {
                if (event instanceof Event.Start start) {
                    begun.set(start.run());
                }
            }

            @Override
            public void stepBegan(String path) {
                LoggerFactory.getLogger("dev.muster.connect.some").info("a driver in {}", path);
            }
        });

        assertThat(json(heard.saying("a driver in long")))
                .containsEntry("run", begun.get())
                .containsEntry("plan", "sleeps")
                .containsEntry("step", "long")
                .containsEntry("caller", "anyone");
        assertThat(heard.saying("a driver in quick").text())
                .contains(": [run " + begun.get() + " sleeps/quick of anyone] a driver in quick\n");
    }

    @Test
    void lineOfARun_namesItsCaller() throws Exception {
        rig.config("server: {port: 0, workers: 1, drain: 200ms}\ncallers: {shop: {key: " + KEY
                        + ", may: {plans: '*'}}}")
                .start();
        rig.send(rig.request("/v1/plans/sleeps/runs?detach=true")
                .header("Authorization", "Bearer " + KEY)
                .POST(BodyPublishers.noBody()));
        rig.service().drain();

        Line line = heard.saying("cancelled run");
        assertThat(line.text()).contains(" sleeps of shop] cancelled run");
        assertThat(json(line)).containsEntry("plan", "sleeps").containsEntry("caller", "shop");
    }

    @Test
    void loopThatIsHeld_isNamedWithPlanAndStep() throws Exception {
        rig.start();
        rig.service().reload().toCompletionStage().toCompletableFuture().get();
        var gate = new CountDownLatch(1);
        take("sleeps", new RunListener() {
            @Override
            public void event(Event event) {}

            @Override
            public void stepBegan(String path) {
                if (path.equals("long")) {
                    await(gate);
                }
            }
        });
        Line line = heard.saying("has held its event loop");
        gate.countDown();

        assertThat(line.text()).contains("step long of plan sleeps (run ").contains("stepBegan");
        assertThat(json(line))
                .containsEntry("plan", "sleeps")
                .containsEntry("step", "long")
                .containsEntry("caller", "anyone");
    }

    // ---- nothing secret

    @Test
    void secretsOfAConfiguration_areInNoLine_whateverHappensToThem() throws Exception {
        String password = "p/w d+7Zq9";
        Files.writeString(conf.resolve("secret"), password);
        int closed;
        try (var free = new ServerSocket(0)) {
            closed = free.getLocalPort();
        }
        rig.config("""
                server: {port: 0, workers: 1, accessLog: true}
                sources:
                  up:
                    http: 'http://127.0.0.1:%d'
                    headers: {x-key: '${file:secret}'}
                  db: {postgres: 'postgres://me:p%%2Fw%%20d%%2B7Zq9@127.0.0.1:%d/x'}
                """.formatted(closed, closed))
                .plan("asks", "input: {key: string}\nsteps: {a: {http: up, get: '/{k}', args: {k: = input.key}}}")
                .plan("reads", "steps: {a: {postgres: db, sql: select 1}}")
                .start();
        UnaryOperator<String> mask = rig.secrets()::mask;
        String encoded = URLEncoder.encode(password, StandardCharsets.UTF_8).replace("+", "%20");
        try (Heard masked = Heard.of("dev.muster", mask)) {
            rig.post("/v1/plans/asks/runs", Json.write(Map.of("key", password)));
            rig.post("/v1/plans/asks/runs?key=" + encoded, "{\"key\": 1, \"" + encoded + "\": 2}");
            rig.post("/v1/plans/reads/runs", "");
            rig.get("/" + encoded);
            rig.get("/health/ready");
            String run = "run " + "0".repeat(26) + " asks";
            rig.service().site().offer().tasks(Loop.of(rig.vertx())).start(run, scope -> {
                LoggerFactory.getLogger("dev.muster.connect.driver")
                        .warn(
                                "login of me:{} failed",
                                password,
                                new IllegalStateException("http://me:" + encoded + "@x"));
                return Future.succeededFuture();
            });
            masked.saying("login of ");
            masked.saying("source up is not ready");
            masked.first(line -> line.text().contains(" GET /***"));

            String base64 = Base64.getEncoder()
                    .encodeToString(password.getBytes(StandardCharsets.UTF_8))
                    .substring(0, 13);
            assertThat(masked.lines())
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line.text() + line.json())
                            .doesNotContain(password)
                            .doesNotContain(encoded)
                            .doesNotContain(base64));
        }
    }

    // ---- the node

    @Test
    void start_reload_andAFailedOne_areSaid() throws Exception {
        rig.config(LOGGED).start();
        assertThat(heard.saying("serves http://").text())
                .contains(" on JDK " + Runtime.version() + ", ")
                .contains(" with 1 event loop, serves http://127.0.0.1:" + rig.port())
                .contains("2 plans, 0 sources, 1 caller");

        rig.plan("third", "output: 3");
        rig.service().reload().toCompletionStage().toCompletableFuture().get();
        assertThat(heard.saying("reloaded: ").text()).contains("3 plans, 0 sources, 1 caller");

        rig.plan("third", "steps: {a: {slep: 1s}}");
        rig.service()
                .reload()
                .toCompletionStage()
                .toCompletableFuture()
                .handle((done, failed) -> done)
                .get();
        assertThat(heard.saying("not reloaded").text()).contains("third.yaml:2").contains("slep");
    }

    @Test
    void sourceThatGoesDown_isSaidOnce_andThatItIsBack() throws Exception {
        Path folder = conf.resolve("data");
        rig.config("server: {port: 0, workers: 1}\nsources: {logs: {file: data}}");
        Files.createDirectory(folder);
        rig.start();
        ready(200);
        Files.delete(folder);
        ready(503);
        ready(503);
        Files.createDirectory(folder);
        ready(200);

        assertThat(heard.lines().stream()
                        .map(Line::text)
                        .filter(text -> text.contains("source logs"))
                        .map(text -> text.replaceAll(".*: source logs (is ready again|is not ready: .+)\\n", "$1"))
                        .map(text -> text.replaceAll(": .*", "")))
                .containsExactly("is not ready", "is ready again");
    }

    // ---- settings

    @Test
    void settingsOfTheLog_areRead() throws Exception {
        rig.config("server: {log: {format: json, level: warn, levels: {dev.muster.connect: debug}}}");
        LogSettings read = NodeSetup.read(new ConfDir(conf, true), io().env(), given -> given)
                .log();
        assertThat(read).isEqualTo(new LogSettings("json", "warn", Map.of("dev.muster.connect", "debug")));
    }

    @Test
    void wrongSettingsOfTheLog_areSaidAtOnce() throws Exception {
        rig.config("server: {log: {format: xml, level: loud, levels: {a.b: silent}, file: x}}");
        Called called = Called.with("serve", "--conf", conf.toString());
        assertThat(called.code()).isEqualTo(ExitCode.WRONG);
        assertThat(called.err())
                .contains("format of log of the server must be one of text, json")
                .contains("level of log of the server must be one of")
                .contains("a.b of levels of log of the server must be one of")
                .contains("unknown word \"file\" in log of the server");
    }

    @Test
    void levels_holdUntilTheNextSettings() {
        var logger = (ch.qos.logback.classic.Logger) LoggerFactory.getLogger("dev.muster.test.levels");
        try {
            Log.apply(new LogSettings("text", "info", Map.of("dev.muster.test.levels", "trace")));
            assertThat(logger.isTraceEnabled()).isTrue();
            Log.apply(LogSettings.DEFAULTS);
            assertThat(logger.isDebugEnabled()).isFalse();
            assertThat(logger.isInfoEnabled()).isTrue();
        } finally {
            Log.apply(LogSettings.DEFAULTS.withLevel("warn"));
        }
    }

    private static ProcessIo io() {
        return new ProcessIo(
                InputStream.nullInputStream(),
                OutputStream.nullOutputStream(),
                OutputStream.nullOutputStream(),
                false,
                false,
                System::getenv);
    }

    private void ready(int status) throws Exception {
        Soon.until("this status of readiness", () -> rig.get("/health/ready").statusCode() == status);
    }

    private void take(String plan, RunListener listener) {
        Deployment offer = rig.service().site().offer();
        var loop = Loop.of(rig.vertx());
        loop.execute(() -> rig.service()
                .runManager()
                .take(
                        offer,
                        loop,
                        Objects.requireNonNull(offer.programs().get(plan)),
                        new RunRequest(Caller.everyone(), Map.of(), false, null, null, listener)));
    }

    private static void await(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(Socket socket, String bytes) throws Exception {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }
}
