package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.muster.Soon;
import dev.muster.TestServers;
import dev.muster.client.ClientOptions;
import dev.muster.client.MusterClient;
import dev.muster.client.WorkOptions;
import dev.muster.json.Json;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jobs that end while their Postgres is away: each is done, and at its first try. At full size:
 * {@code -Dmuster.outage.jobs=1000 -Dmuster.outage.seconds=10}.
 */
@Timeout(300)
class OutageTest {

    private static final int JOBS = Integer.getInteger("muster.outage.jobs", 50);
    private static final long SECONDS = Long.getLong("muster.outage.seconds", 2);
    private static final long WORK_MILLIS = SECONDS * 500;
    private static final String CLIENTS =
            Path.of("src/clients").toAbsolutePath().toString();

    private static final String PYTHON = """
            import asyncio, sys
            sys.path.insert(0, sys.argv[1] + "/python")
            from muster_client import connect
            async def handle(job):
                await asyncio.sleep(float(sys.argv[3]) / 1000)
                return "sent"
            async def main():
                async with connect("tcp://127.0.0.1:" + sys.argv[2]) as muster:
                    await muster.work("work", handle, consumers=int(sys.argv[4]))
            asyncio.run(main())
            """;

    private static final String JAVASCRIPT = """
            const [clients, port, millis, consumers] = process.argv.slice(-4);
            const { connect } = await import(`${clients}/js/index.js`);
            const muster = await connect(`tcp://127.0.0.1:${port}`);
            const slow = async () => { await new Promise((done) => setTimeout(done, Number(millis))); return 'sent'; };
            await muster.work('work', slow, { consumers: Number(consumers) }).ended;
            """;

    /** What stands between a node and its Postgres, and can hang up on both. */
    private static final class Wire implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        private final Set<Socket> open = ConcurrentHashMap.newKeySet();
        private final String host;
        private final int port;
        private volatile boolean isAway;

        Wire(URI database) throws IOException {
            host = database.getHost();
            port = database.getPort();
            start(() -> {
                while (!server.isClosed()) {
                    Socket client = server.accept();
                    if (isAway) {
                        client.close();
                    } else {
                        Socket upstream = new Socket(host, port);
                        open.add(client);
                        open.add(upstream);
                        start(() -> client.getInputStream().transferTo(upstream.getOutputStream()), client, upstream);
                        start(() -> upstream.getInputStream().transferTo(client.getOutputStream()), client, upstream);
                    }
                }
            });
        }

        private interface Step {
            void run() throws IOException;
        }

        private static void start(Step step, Socket... both) {
            var thread = new Thread(() -> {
                try {
                    step.run();
                } catch (IOException closed) {
                    // That is what ends it.
                } finally {
                    close(List.of(both));
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        private static void close(Iterable<Socket> sockets) {
            for (Socket one : sockets) {
                try {
                    one.close();
                } catch (IOException e) {
                    // It is closed.
                }
            }
        }

        void isAway(boolean away) {
            isAway = away;
            if (away) {
                close(new ArrayList<>(open));
                open.clear();
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
            isAway(true);
        }
    }

    @TempDir
    Path conf;

    private Wire wire;
    private ServeRig rig;

    @BeforeEach
    void rig() throws Exception {
        String address = TestServers.postgres().freshDatabase();
        URI database = URI.create(address);
        wire = new Wire(database);
        String through = address.replace(
                database.getHost() + ":" + database.getPort(), "127.0.0.1:" + wire.server.getLocalPort());
        assertThat(through).isNotEqualTo(address);
        rig = new ServeRig(conf)
                .config("server: {port: 0, workers: 2, drain: 2s, limits: {runs: 2000}, bridge: {tcp: {port: 0}}}\n"
                        + "sources: {db: {postgres: '" + through + "'}}\nqueues: {work: {store: db, lease: 1m}}\n");
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
        wire.close();
    }

    private void put() throws Exception {
        var lines = new StringBuilder("[");
        for (int i = 0; i < JOBS; i++) {
            lines.append(i == 0 ? "" : ",")
                    .append("{\"body\": {\"n\": ")
                    .append(i)
                    .append("}}");
        }
        assertThat(rig.post("/v1/queues/work/jobs", lines.append("]").toString())
                        .statusCode())
                .isEqualTo(201);
    }

    private long count(String state) throws Exception {
        var answer = rig.get("/v1/queues/work");
        return answer.statusCode() == 200 ? (Long) ((Map<?, ?>) Json.parse(answer.body())).get(state) : -1;
    }

    /** Has them worked on, the database go away, and come back; then all of them are to be done at their first try. */
    private void endWhileAway(String who) throws Exception {
        put();
        long before = 0;
        while (count("leased") + before < JOBS) {
            before = Math.max(0, count("done"));
        }
        wire.isAway(true);
        Promise<Void> back = Promise.promise();
        rig.vertx().setTimer(SECONDS * 1_000, passed -> back.complete());
        back.future().toCompletionStage().toCompletableFuture().get();
        wire.isAway(false);
        Soon.until("the end of all jobs", () -> count("done") + Math.max(0, count("dead")) >= JOBS);

        assertThat(count("dead")).isZero();
        List<?> jobs = (List<?>) ((Map<?, ?>) Json.parse(
                        rig.get("/v1/queues/work/jobs?state=done&limit=1000").body()))
                .get("jobs");
        assertThat(jobs).hasSize(Math.min(JOBS, 1_000)).allSatisfy(job -> {
            assertThat(((Map<?, ?>) job).get("attempt")).isEqualTo(1L);
            assertThat(((Map<?, ?>) job).get("output")).isEqualTo("sent");
        });
        System.out.println(who + ": " + JOBS + " jobs, Postgres away for " + SECONDS + " s, " + before
                + " done before it went; all done, none twice, none dead");
    }

    @Test
    void plans_doEachJobOnce() throws Exception {
        rig.plan(
                "work",
                "trigger: {queue: work, consumers: " + JOBS + "}\ninput: {n: integer}\nsteps: [{sleep: " + WORK_MILLIS
                        + "ms}]\noutput: sent");
        rig.start();
        endWhileAway("plans");
    }

    @Test
    void javaClient_doesEachJobOnce() throws Exception {
        rig.start();
        Vertx vertx = Vertx.vertx();
        MusterClient client = MusterClient.onTcp(
                vertx, ClientOptions.at("127.0.0.1", rig.service().bridgePort()));
        try {
            client.work("work", WorkOptions.consumers(JOBS), job -> {
                Promise<Object> sent = Promise.promise();
                vertx.setTimer(WORK_MILLIS, passed -> sent.complete("sent"));
                return sent.future();
            });
            endWhileAway("Java");
        } finally {
            Waiting.got(client.close().eventually(vertx::close));
        }
    }

    @Test
    void pythonClient_doesEachJobOnce() throws Exception {
        program("Python", "python3", "-c", PYTHON);
    }

    @Test
    void javaScriptClient_doesEachJobOnce() throws Exception {
        program("JavaScript", "node", "--input-type=module", "-e", JAVASCRIPT, "--");
    }

    private void program(String name, String... command) throws Exception {
        assumeTrue(isThere(command[0]), command[0] + " is not here");
        rig.start();
        List<String> words = new ArrayList<>(List.of(command));
        words.addAll(
                List.of(CLIENTS, "" + rig.service().bridgePort(), Long.toString(WORK_MILLIS), Integer.toString(JOBS)));
        Process process = new ProcessBuilder(words).inheritIO().start();
        try {
            endWhileAway(name);
        } finally {
            process.destroy();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static boolean isThere(String program) throws InterruptedException {
        try {
            return new ProcessBuilder(program, "--version").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
