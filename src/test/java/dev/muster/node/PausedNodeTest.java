package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import dev.muster.json.Json;
import io.vertx.sqlclient.Row;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node is stopped by SIGSTOP for longer than its leases run, another one gets its jobs, and it goes on: what it says late is refused,
 * and so is what it writes under its fences. Real processes; {@code -Dmuster.pauses=50} for full size.
 */
@Timeout(1_800)
class PausedNodeTest {
    private static final int PAUSES = Integer.getInteger("muster.pauses", 1);

    @TempDir
    Path dir;

    @Test
    void nodePausedForLongerThanALease_hasItsOutcomesAndItsWritesRefused() throws Exception {
        int outcomes = 0;
        int writes = 0;
        try (var nodes = new PausedNodes(dir, TestServers.postgres().freshDatabase())) {
            for (int n = 1; n <= PAUSES; n++) {
                nodes.newProduct(n);
                nodes.newProduct(-n);
                assertThat(nodes.post(0, "planned/jobs", "{\"body\": {\"n\": " + n + "}}")
                                .statusCode())
                        .isEqualTo(201);
                int paused = nodes.awaitWaiter(n, -1).node();
                int other = 1 - paused;
                nodes.post(other, "by-hand/jobs", "{\"body\": " + n + "}");
                Map<?, ?> first = nodes.take(paused, "by-hand");

                nodes.pause(paused);
                nodes.awaitWaiter(n, paused);
                Map<?, ?> second = takeForLong(nodes, other);
                assertThat(second.get("id")).isEqualTo(first.get("id"));
                assertThat((Long) second.get("fence")).isGreaterThan((Long) first.get("fence"));
                assertThat(save(nodes, second, -n))
                        .as("a write of the new holder")
                        .isEqualTo("true true");
                nodes.letPass(other);
                nodes.awaitTrue("exists (select from tried where n = $1)", (long) n);
                nodes.letPass(paused);
                nodes.goOn(paused);

                outcomes += lateOutcomes(nodes, paused, first);
                assertThat(save(nodes, first, -n)).as("a late write").isEqualTo("false false");
                writes++;
                assertThat(nodes.post(other, "by-hand/jobs/" + second.get("id") + "/ack", lease(second))
                                .statusCode())
                        .isEqualTo(204);
                assertThat(save(nodes, first, -n))
                        .as("a write after the job's end")
                        .isEqualTo("false false");
                nodes.letPass(0);
                nodes.letPass(1);
                awaitDone(nodes, n);
            }
            int byPlans = assertOnlyHigherFencesWrite(nodes);
            System.out.printf(
                    "%d pauses: %d late outcomes refused, %d late writes refused, %d of them of plans%n",
                    PAUSES, outcomes, writes + byPlans, byPlans);
        }
    }

    /** The lease of one second is made longer at once; on a busy machine that may take another try. */
    private static Map<?, ?> takeForLong(PausedNodes nodes, int node) throws Exception {
        Map<?, ?> job = nodes.take(node, "by-hand");
        while (nodes.post(node, "by-hand/jobs/" + job.get("id") + "/extend", more(job, "\"by\": \"1h\""))
                        .statusCode()
                != 204) {
            job = nodes.take(node, "by-hand");
        }
        return job;
    }

    private static int lateOutcomes(PausedNodes nodes, int node, Map<?, ?> job) throws Exception {
        Map<String, String> late = Map.of(
                "ack", lease(job),
                "fail", lease(job),
                "release", lease(job),
                "extend", more(job, "\"by\": \"30s\""));
        for (Map.Entry<String, String> outcome : late.entrySet()) {
            HttpResponse<String> answer =
                    nodes.post(node, "by-hand/jobs/" + job.get("id") + "/" + outcome.getKey(), outcome.getValue());
            assertThat(answer.statusCode())
                    .as("late %s: %s", outcome.getKey(), answer.body())
                    .isEqualTo(409);
            assertThat(answer.body()).contains("\"conflict\"").contains("lease");
        }
        return late.size();
    }

    /** Whether the column and the lease let a holder write. */
    private static String save(PausedNodes nodes, Map<?, ?> job, long n) throws InterruptedException {
        nodes.rows("select save($1, $2, $3)", Long.parseLong((String) job.get("id")), n, (Long) job.get("fence"));
        Row tried = nodes.rows("select by_column, by_lease from tried where n = $1 order by number desc limit 1", n)
                .get(0);
        return tried.getBoolean(0) + " " + tried.getBoolean(1);
    }

    private static String lease(Map<?, ?> job) {
        return "{\"lease\": \"" + job.get("lease") + "\"}";
    }

    private static String more(Map<?, ?> job, String word) {
        return "{\"lease\": \"" + job.get("lease") + "\", " + word + "}";
    }

    /** The job is done, by the holder with the fence that wrote last. */
    private static void awaitDone(PausedNodes nodes, long n) throws Exception {
        nodes.awaitTrue(
                "exists (select from muster.job where state = 'done' and body::json ->> 'n' = $1)", Long.toString(n));
        String output = nodes.rows(
                        "select output from muster.job where state = 'done' and body::json ->> 'n' = $1",
                        Long.toString(n))
                .get(0)
                .getString(0);
        Object fence = ((Map<?, ?>) Json.parse(output)).get("fence");
        for (String table : List.of("by_column", "by_lease")) {
            assertThat(nodes.rows("select fence from " + table + " where n = $1", n)
                            .get(0)
                            .getLong(0))
                    .as("the fence in %s", table)
                    .isEqualTo(fence);
        }
    }

    /** Of what plans wrote; how many writes were refused as somebody with a higher fence was there before. */
    private static int assertOnlyHigherFencesWrite(PausedNodes nodes) throws InterruptedException {
        Map<Long, Long> highest = new HashMap<>();
        int refused = 0;
        for (Row row : nodes.rows("select n, fence, by_column, by_lease from tried where n > 0 order by number")) {
            long fence = row.getLong(1);
            if (fence < highest.merge(row.getLong(0), fence, Math::max)) {
                assertThat(row.getBoolean(2)).as("a late write by the column").isFalse();
                assertThat(row.getBoolean(3)).as("a late write by the lease").isFalse();
                refused++;
            }
        }
        return refused;
    }
}
