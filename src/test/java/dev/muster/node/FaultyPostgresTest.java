package dev.muster.node;

import static dev.muster.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.muster.dev.FaultyPostgres;
import dev.muster.json.Json;
import dev.muster.loop.Loop;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node whose Postgres is in trouble, as a source and as the keeper of jobs: it lives, says that it is not ready and names the
 * source, and goes on soon after the database does. {@code -Dmuster.faults.awaySeconds=600} for how long the database is away,
 * and {@code -Dmuster.faults.withinSeconds=5} for how soon, which a busy machine may not keep.
 */
@Timeout(900)
class FaultyPostgresTest {
    private static final Duration AWAY = Duration.ofSeconds(Integer.getInteger("muster.faults.awaySeconds", 4));
    private static final Duration WITHIN = Duration.ofSeconds(Integer.getInteger("muster.faults.withinSeconds", 20));
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir
    Path dir;

    private final Vertx vertx = Vertx.vertx();
    private final Loop loop = Loop.of(vertx);
    private final List<PgConnection> beside = new ArrayList<>();
    private int jobs;

    @AfterEach
    void close() {
        soon(vertx.close());
    }

    /** A node with a source that keeps jobs; each of them leaves a row. */
    private ServeRig node(String address) throws Exception {
        sql(address, "create table if not exists done (job integer)");
        return new ServeRig(dir.resolve("conf"))
                .config("server: {port: 0, workers: 1, drain: 1s}\n"
                        + "sources: {shop: {postgres: '" + address + "', pool: 4}}\n"
                        + "queues: {work: {store: shop, retries: 100, backoff: 50ms..500ms}}\n")
                .plan("writes", "steps: {s: {postgres: shop, sql: insert into done values (0)}}")
                .plan(
                        "works",
                        "trigger: {queue: work}\ninput: {n: integer}\n"
                                + "steps: {s: {postgres: shop, sql: insert into done values ($1), params: [= input.n]}}")
                .start();
    }

    private PgConnection connected(String address) {
        PgConnection connection = soon(PgConnection.connect(vertx, address));
        beside.add(connection);
        return connection;
    }

    private void sql(String address, String... statements) {
        PgConnection connection = soon(PgConnection.connect(vertx, address));
        for (String statement : statements) {
            soon(connection.query(statement).execute());
        }
        soon(connection.close());
    }

    private void await(String what, Duration most, Attempt attempt) throws Exception {
        long end = System.nanoTime() + most.toNanos();
        while (!attempt.worked()) {
            assertThat(System.nanoTime() - end)
                    .as("nanos beyond the time for: " + what)
                    .isNegative();
            pause();
        }
    }

    /** Whoever asks again and again leaves the others some of the machine. */
    private void pause() {
        Promise<Void> over = Promise.promise();
        loop.schedule(Duration.ofMillis(50), over::complete);
        soon(over.future());
    }

    private interface Attempt {
        boolean worked() throws Exception;
    }

    private static boolean writes(ServeRig rig) throws Exception {
        return rig.post("/v1/plans/writes/runs", "{}").statusCode() == 200;
    }

    private boolean puts(ServeRig rig) throws Exception {
        return rig.post("/v1/queues/work/jobs", "{\"body\": {\"n\": " + (jobs + 1) + "}}")
                        .statusCode()
                == 201;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> health(ServeRig rig) throws Exception {
        var answer = rig.get("/health/ready");
        var value = (Map<String, Object>) Json.parse(answer.body());
        assertThat(answer.statusCode()).isEqualTo("up".equals(value.get("status")) ? 200 : 503);
        return value;
    }

    private static boolean isReady(ServeRig rig) throws Exception {
        return "up".equals(health(rig).get("status"));
    }

    /** Before the trouble: all works. */
    private void begins(ServeRig rig, String address) throws Exception {
        await("the first run", PATIENCE, () -> writes(rig));
        await("the first job", PATIENCE, () -> puts(rig));
        jobs++;
        // A job that is worked on as the trouble begins is another story.
        awaitJobs("the first job's end", PATIENCE, address);
        await("ready", PATIENCE, () -> isReady(rig));
    }

    /** In the middle of it: somebody wants to work, and is told why not. */
    private void isInTrouble(ServeRig rig, Predicate<String> said) throws Exception {
        await("the news of the trouble", PATIENCE, () -> {
            var run = rig.post("/v1/plans/writes/runs", "{}");
            return run.statusCode() == 503 && run.body().contains("\"unavailable\"") && said.test(run.body());
        });
        await("not ready", PATIENCE, () -> {
            rig.post("/v1/plans/writes/runs", "{}");
            return !isReady(rig) && Json.write(health(rig).get("sources")).contains("\"shop\":{\"ready\":false");
        });
        assertThat(rig.get("/health/live").statusCode()).isEqualTo(200);
    }

    private void awaitJobs(String what, Duration most, String address) throws Exception {
        PgConnection count = soon(PgConnection.connect(vertx, address));
        await(
                what,
                most,
                () -> soon(count.query("select count(distinct job) from done where job > 0")
                                        .execute())
                                .iterator()
                                .next()
                                .getLong(0)
                        == jobs);
        soon(count.close());
    }

    /** After it: runs, puts, jobs that were there before, and the node is ready. */
    private void goesOn(ServeRig rig, String address, String after) throws Exception {
        long began = System.nanoTime();
        await("a run after " + after, WITHIN, () -> writes(rig));
        long run = System.nanoTime();
        await("a put after " + after, WITHIN, () -> puts(rig));
        jobs++;
        long put = System.nanoTime();
        await("ready after " + after, WITHIN, () -> isReady(rig));
        long ready = System.nanoTime();
        awaitJobs("jobs after " + after, WITHIN, address);
        System.out.printf(
                "after %s: a run after %d ms, a put after %d ms, ready after %d ms, all jobs done after %d ms%n",
                after,
                (run - began) / 1_000_000,
                (put - began) / 1_000_000,
                (ready - began) / 1_000_000,
                (System.nanoTime() - began) / 1_000_000);
    }

    @Test
    void databaseThatIsAway() throws Exception {
        try (var server = new FaultyPostgres();
                var rig = node(server.uri())) {
            begins(rig, server.uri());
            server.stop();
            long gone = System.nanoTime();
            isInTrouble(rig, body -> true);
            await("the time away", AWAY.plus(PATIENCE), () -> System.nanoTime() - gone > AWAY.toNanos());
            assertThat(isReady(rig)).isFalse();

            server.start();

            goesOn(rig, server.uri(), "an absence");
        }
    }

    @Test
    void standbyThatIsPromoted() throws Exception {
        try (var server = new FaultyPostgres();
                var rig = node(server.uri())) {
            begins(rig, server.uri());
            server.stop();
            server.startAsStandby();
            isInTrouble(rig, body -> body.contains("25006"));

            sql(server.uri(), "select pg_promote()");

            goesOn(rig, server.uri(), "a promotion");
        }
    }

    @Test
    void serverWithTooManyClients() throws Exception {
        try (var server = new FaultyPostgres("max_connections=30", "superuser_reserved_connections=0");
                var rig = node(server.uri())) {
            begins(rig, server.uri());
            // Whoever else takes all places while the node has to connect anew.
            server.stop();
            isInTrouble(rig, body -> true);
            server.start("max_connections=30", "superuser_reserved_connections=0");
            fill(server.uri());
            sql("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'muster%'");
            fill(server.uri());
            isInTrouble(rig, body -> body.contains("53300"));

            beside.forEach(connection -> soon(connection.close()));

            goesOn(rig, server.uri(), "too many clients");
        }
    }

    /** Ends the node's sessions and takes their places, until it has none. */
    private void fill(String address) {
        for (boolean isFull = false; !isFull; ) {
            try {
                connected(address);
            } catch (RuntimeException e) {
                isFull = true;
            }
        }
    }

    private void sql(String statement) {
        soon(beside.get(0).query(statement).execute());
    }

    @Test
    void diskThatIsFull() throws Exception {
        Path disk = Files.createDirectory(dir.resolve("disk"));
        assumeThat(mounts("-t", "tmpfs", "-o", "size=24m", "tmpfs", disk.toString()))
                .as("a small disk can be mounted: as root alone")
                .isTrue();
        try (var server = new FaultyPostgres()) {
            Path folder = Files.createDirectory(disk.resolve("data"));
            server.give(folder);
            sql(
                    server.uri(),
                    "create tablespace small location '" + folder + "'",
                    "create database small tablespace small");
            String address = server.uri("small");
            try (var rig = node(address)) {
                begins(rig, address);
                sql(address, "create table filler (text text)", "alter table filler alter text set storage plain");
                for (int rows : List.of(1_000, 100, 10, 1)) {
                    fillDisk(address, rows);
                }
                isInTrouble(rig, body -> body.contains("53100"));

                assertThat(mounts("-o", "remount,size=64m", disk.toString())).isTrue();

                goesOn(rig, address, "a full disk");
            }
        } finally {
            unmounts(disk);
        }
    }

    private void fillDisk(String address, int rows) {
        PgConnection connection = soon(PgConnection.connect(vertx, address));
        for (boolean isFull = false; !isFull; ) {
            try {
                soon(connection
                        .query("insert into filler select repeat('x', 7000) from generate_series(1, " + rows + ")")
                        .execute());
            } catch (RuntimeException e) {
                isFull = true;
            }
        }
        soon(connection.close());
    }

    private static boolean mounts(String... words) throws Exception {
        return ran("mount", words);
    }

    private static void unmounts(Path disk) throws Exception {
        assertThat(ran("umount", disk.toString())).isTrue();
    }

    private static boolean ran(String program, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
