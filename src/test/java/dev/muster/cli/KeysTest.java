package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.node.NodeProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nodes, each a process of its own, work on jobs of few keys, and the database watches them. A few thousand jobs by default;
 * {@code -Dmuster.keys.jobs=100000 -Dmuster.keys.keys=1000} for as many as you like.
 */
@Timeout(3_600)
class KeysTest {
    private static final int JOBS = Integer.getInteger("muster.keys.jobs", 3_000);
    private static final int KEYS = Integer.getInteger("muster.keys.keys", 100);
    private static final long SEED = Long.getLong("muster.keys.seed", 1L);
    private static final int BATCH = 1_000;
    private static final int RATED = 600;
    private static final int RATED_KEYS = 20;
    private static final int TOKENS = 10;
    private static final long MICROS_PER_TOKEN = 100_000;

    private static final List<NodeProcess> NODES = new ArrayList<>();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static LeasesSeen seen;

    @BeforeAll
    static void start(@TempDir Path dir) throws Exception {
        String database = TestServers.postgres().freshDatabase();
        Path conf = Files.createDirectories(dir.resolve("conf"));
        Files.createDirectories(conf.resolve("plans"));
        Files.writeString(conf.resolve("muster.yaml"), """
                server: {port: 0, workers: 1, drain: 1s}
                sources: {db: {postgres: '%s', pool: 8}}
                queues:
                  one: {store: db, perKey: 1}
                  rated: {store: db, perKey: 2, keyRate: {tokens: %d, per: 1s}}
                  free: {store: db}
                """.formatted(database, TOKENS));
        for (String queue : List.of("one", "rated", "free")) {
            plan(conf, queue);
        }
        assertThat(Called.with("migrate", "--conf", conf.toString()).code()).isZero();
        seen = new LeasesSeen(database);
        NODES.add(NodeProcess.start(conf, List.of()));
        NODES.add(NodeProcess.start(conf, List.of()));
    }

    @AfterAll
    static void stop() throws Exception {
        NODES.forEach(NodeProcess::close);
        NODES.clear();
        if (seen != null) {
            seen.close();
        }
    }

    private static void plan(Path conf, String queue) throws IOException {
        Files.writeString(conf.resolve("plans/" + queue + ".yaml"), """
                plan: work-on-%s
                trigger: {queue: %s, consumers: 16, prefetch: 16}
                input: {n: integer}
                steps:
                  began:
                    postgres: db
                    sql: %s
                    params: [%s, = caller.claims.key, = caller.claims.job]
                  ended:
                    postgres: db
                    sql: %s
                    params: [%s, = caller.claims.key, = caller.claims.job]
                    after: [began]
                """.formatted(
                        queue, queue, LeasesSeen.NOTE.formatted(1), queue, LeasesSeen.NOTE.formatted(-1), queue));
    }

    /** Puts jobs: half of them have their keys in turn, the others come key by key, so that those before them hold them back. */
    private static void put(String queue, int jobs, int keys) throws Exception {
        var random = new Random(SEED);
        for (int from = 0; from < jobs; from += BATCH) {
            var lines = new StringBuilder();
            for (int n = from; n < Math.min(from + BATCH, jobs); n++) {
                int key = random.nextBoolean() ? n % keys : (int) ((long) n * keys / jobs);
                lines.append("{\"body\": {\"n\": " + n + "}, \"key\": \"k" + key + "\"}\n");
            }
            int port = NODES.get(random.nextInt(NODES.size())).port();
            var answer = CLIENT.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/queues/" + queue + "/jobs"))
                            .header("content-type", "application/x-ndjson")
                            .POST(BodyPublishers.ofString(lines.toString()))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        }
    }

    @Test
    void jobsOfAKey_areWorkedOnOneAtATime_overTwoNodes() throws Exception {
        long beganNanos = System.nanoTime();
        put("one", JOBS, KEYS);
        double putSeconds = (System.nanoTime() - beganNanos) / 1e9;
        seen.awaitFinished("one", JOBS);
        double seconds = (System.nanoTime() - beganNanos) / 1e9;
        long leased = seen.mostAtOnce("one", LeasesSeen.LEASED);
        long atWork = seen.mostAtOnce("one", LeasesSeen.AT_WORK);
        System.out.printf(
                "%d jobs of %d keys over %d nodes (seed %d): put in %.1f s, all done after %.1f s, %.0f a second;"
                        + " of one key at most %d leased, %d at work%n",
                JOBS, KEYS, NODES.size(), SEED, putSeconds, seconds, JOBS / seconds, leased, atWork);

        assertThat(leased).as("most jobs of a key that are leased at once").isEqualTo(1);
        assertThat(atWork).as("most jobs of a key that are worked on at once").isEqualTo(1);
        assertThat(seen.begun("one")).isEqualTo(JOBS);
    }

    @Test
    void startsOfAKey_areAsItsRateLetsThem_overTwoNodes() throws Exception {
        put("rated", RATED, RATED_KEYS);
        seen.awaitFinished("rated", RATED);

        assertThat(seen.tooSoon("rated", TOKENS, MICROS_PER_TOKEN)).isZero();
        assertThat(seen.mostAtOnce("rated", LeasesSeen.LEASED)).isBetween(1L, 2L);
        assertThat(seen.begun("rated")).isEqualTo(RATED);
        // A lower rate than was asked for is seen to be passed.
        assertThat(seen.tooSoon("rated", TOKENS / 2, MICROS_PER_TOKEN)).isPositive();
    }

    @Test
    void keysWithoutABound_areSeenToOverlap() throws Exception {
        put("free", BATCH, 2);
        seen.awaitFinished("free", BATCH);

        assertThat(seen.mostAtOnce("free", LeasesSeen.LEASED)).isGreaterThan(1);
        assertThat(seen.mostAtOnce("free", LeasesSeen.AT_WORK)).isGreaterThan(1);
    }
}
