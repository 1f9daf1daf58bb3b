package dev.muster.cli;

import static dev.muster.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.muster.TestServers;
import dev.muster.client.ClientOptions;
import dev.muster.client.MusterClient;
import dev.muster.client.PutJob;
import dev.muster.client.WorkOptions;
import dev.muster.node.Muster;
import dev.muster.node.RawCaller;
import dev.muster.node.Remains;
import dev.muster.node.ServeRig;
import dev.muster.task.CancelReason;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything that is started and stopped, again and again: no thread, socket, timer or class loader is left.
 * {@code -Dmuster.stress.restarts=1000} for as many as you like, {@code -Dmuster.seed} for other moments.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 2_000, unit = TimeUnit.SECONDS)
class RestartsTest {
    private static final int RESTARTS = Integer.getInteger("muster.stress.restarts", 2);
    private static final long SEED = Long.getLong("muster.seed", System.nanoTime());

    /** What a JVM keeps for the first few: classes, pools of buffers, caches of the drivers. */
    private static final int WARM_UP = Math.max(2, RESTARTS / 50);

    private static final int MAX_KILOBYTES_EACH = 20;
    private static final int ENOUGH_TO_WEIGH = 100;
    private static final int MAX_MILLIS_TO_START = 300;

    private final Random random = new Random(SEED);
    private HttpServer upstream;
    private Remains before;

    @TempDir
    Path dir;

    @BeforeEach
    void startUpstream() throws IOException {
        upstream = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        upstream.createContext("/", exchange -> {
            byte[] body = "{\"up\": true}".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("content-type", "application/json");
            exchange.getResponseHeaders().add("connection", "close");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        upstream.start();
    }

    @AfterEach
    void stopUpstream() {
        upstream.stop(0);
    }

    @Test
    void nodeWithEverything_leavesNothing() throws Exception {
        again("a node with everything", cycle -> node(cycle % 2 == 0));
    }

    @Test
    void serveThatIsStoppedAtAnyMoment_leavesNothing() throws Exception {
        again("muster serve, stopped at any moment", cycle -> {
            var stop = new Stop();
            String conf = serving("").toString();
            var ended = new CompletableFuture<Called>();
            var command = new Thread(() -> ended.complete(Called.with("", stop, "serve", "--conf", conf)), "command");
            // At 0 it is asked before it has begun.
            int millis = random.nextInt(4) == 0 ? 0 : random.nextInt(MAX_MILLIS_TO_START);
            if (millis > 0) {
                command.start();
                assertThatThrownBy(() -> ended.get(millis, TimeUnit.MILLISECONDS))
                        .isInstanceOf(TimeoutException.class);
            }
            stop.ask(ExitCode.DONE, CancelReason.of("a test"));
            if (millis == 0) {
                command.start();
            }
            assertThat(ended)
                    .succeedsWithin(Duration.ofSeconds(60))
                    .satisfies(
                            called -> assertThat(called.code()).as(called.err()).isZero());
        });
    }

    @Test
    void startThatFailsHalfway_leavesNothing() throws Exception {
        again("starts that fail halfway", cycle -> {
            try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                int port = taken.getLocalPort();
                String config = switch (cycle % 3) {
                    case 0 -> "server: {port: " + port + ", workers: 2}\n";
                    case 1 -> "server: {port: 0, workers: 2, bridge: {tcp: {port: " + port + "}}}\n";
                    default ->
                        "server: {port: 0, workers: 2, transport: io_uring, bridge: {tcp: {port: " + port + "}}}\n";
                };
                Called called = Called.with("serve", "--conf", serving(config).toString());
                assertThat(called.code()).as(called.err()).isEqualTo(ExitCode.WRONG);
            }
        });
    }

    @Test
    void nodeWhoseDatabasesAreGone_leavesNothing() throws Exception {
        again("a node whose databases are gone", cycle -> {
            String nobody = "127.0.0.1:1";
            try (var rig = new ServeRig(dir.resolve("gone"))
                    .config("""
                            server: {port: 0, workers: 1, drain: 1ms}
                            sources:
                              pg: {postgres: 'postgres://a:b@127.0.0.1:1/x'}
                              my: {mysql: 'mysql://a:b@127.0.0.1:1/x'}
                              docs: {mongo: 'mongodb://127.0.0.1:1/x', serverSelectionTimeout: 100ms}
                            queues: {durable: {store: pg}}
                            """)
                    .plan("worker", "trigger: {queue: durable}\noutput: 1")
                    .start()) {
                before.watch(rig.vertx());
                try (var caller = new RawCaller(rig.port())) {
                    caller.send("GET /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n");
                    assertThat(caller.until("}")).contains(" 503 ");
                }
                rig.service().drain();
            }
        });
    }

    @Test
    void library_leavesNothing() throws Exception {
        again("the library's Muster", cycle -> {
            Path conf = serving("");
            Muster muster = Muster.start(conf);
            if (cycle % 2 == 0) {
                assertThat(soon(muster.run("health", Map.of()))).isEqualTo("ok");
            }
            muster.close();
            muster.close();
            Files.writeString(conf.resolve("plans/wrong.yaml"), "plan: wrong\nsteps: {a: {nonsense: 1}}\n");
            assertThatThrownBy(() -> Muster.start(conf)).hasMessageContaining("nonsense");
            Files.delete(conf.resolve("plans/wrong.yaml"));
        });
    }

    private interface Cycle {
        void run(int number) throws Exception;
    }

    private void again(String what, Cycle cycle) throws Exception {
        before = Remains.now();
        for (int i = 0; i < WARM_UP; i++) {
            cycle.run(i);
        }
        before = before.afterWarmUp();
        for (int i = 0; i < RESTARTS; i++) {
            cycle.run(i);
        }
        long kilobytes = before.assertNothingCame();
        if (RESTARTS >= ENOUGH_TO_WEIGH) {
            assertThat(kilobytes / RESTARTS).as("kilobytes kept by each").isLessThan(MAX_KILOBYTES_EACH);
        }
        System.out.printf(
                "stress: %s: started and stopped %d times, nothing left; %d KiB more memory in use (seed %d)%n",
                what, RESTARTS, kilobytes, SEED);
    }

    /** All kinds of sources, queues, work and callers, each of which does something. */
    private void node(boolean drains) throws Exception {
        Vertx ofClient = Vertx.vertx();
        try (var rig = everything().start()) {
            before.watch(rig.vertx());
            before.watch(ofClient);
            try (var caller = new RawCaller(rig.port())) {
                caller.send("POST /v1/plans/all/runs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}");
                assertThat(caller.until("}")).contains("200 OK").contains("\"up\":true");
            }
            MusterClient client = MusterClient.onTcp(
                    ofClient, ClientOptions.at("127.0.0.1", rig.service().bridgePort()));
            assertThat(soon(client.run("small", Map.of()))).isEqualTo(1L);
            var worked = new CompletableFuture<Void>();
            client.work("mine", WorkOptions.consumers(1), job -> {
                worked.complete(null);
                return Future.succeededFuture();
            });
            soon(client.queue("mine").put(PutJob.of(1L), Duration.ofSeconds(10)));
            soon(worked);
            soon(client.close());
            soon(client.close());
            if (drains) {
                rig.service().drain();
            }
            rig.service().close();
        }
        soon(ofClient.close());
    }

    private ServeRig everything() throws IOException {
        Path conf = dir.resolve("everything");
        Files.createDirectories(conf.resolve("data"));
        Files.writeString(conf.resolve("data/a.txt"), "a\nb\n");
        return new ServeRig(conf)
                .config("""
                        server: {port: 0, workers: 2, drain: 1ms, bridge: {websocket: true, tcp: {port: 0}}}
                        sources:
                          web: {http: 'http://127.0.0.1:%d'}
                          pg: {postgres: '%s', pool: 2, connectTimeout: 30s}
                          my: {mysql: '%s', pool: 2, connectTimeout: 30s}
                          docs: {mongo: '%s', pool: 2}
                          disk: {file: data}
                        queues:
                          memory: {store: memory}
                          mine: {store: memory}
                          durable: {store: pg}
                        """.formatted(
                                upstream.getAddress().getPort(),
                                TestServers.postgres().uri(),
                                TestServers.mysql().uri(),
                                TestServers.mongo().uri()))
                .plan("small", "output: 1")
                .plan("works", "trigger: {queue: memory, consumers: 2}\ninput: {n: integer}\noutput: = input.n")
                .plan("stores", "trigger: {queue: durable, consumers: 2}\ninput: {n: integer}\noutput: = input.n")
                .plan("timed", "trigger: {cron: '* * * * *'}\noutput: 1")
                .plan("all", """
                        steps:
                          web: {http: web, get: /}
                          pg: {postgres: pg, sql: select 1 as a}
                          my: {mysql: my, sql: select 1 as a}
                          docs: {mongo: docs, count: none}
                          file: {file: disk, read: a.txt}
                          cpu: {cpu: sha256, with: abc}
                          memory: {queue: memory, put: {n: 1}}
                          durable: {queue: durable, put: {n: 1}}
                        output: = web
                        """);
    }

    private Path serving(String config) throws IOException {
        Path conf = dir.resolve("serving");
        Files.createDirectories(conf.resolve("plans"));
        Files.writeString(
                conf.resolve("muster.yaml"), config.isEmpty() ? "server: {port: 0, workers: 2, drain: 1ms}\n" : config);
        Files.writeString(conf.resolve("plans/health.yaml"), "plan: health\noutput: ok\n");
        return conf;
    }
}
