package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import dev.muster.queue.JobQueue;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Queues over HTTP, by shapes and status codes. */
@Timeout(120)
class QueuesHttpTest {

    private static final String JOBS = "/v1/queues/mail/jobs";

    @TempDir
    Path conf;

    private ServeRig rig;

    @BeforeEach
    void rig() throws Exception {
        rig = new ServeRig(conf)
                .config(
                        "queues: {mail: {store: memory, size: 2, body: 100B, bytes: 10KiB, retries: 0}, a: {store: memory}}");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static Map<?, ?> value(HttpResponse<String> answer) {
        return (Map<?, ?>) Json.parse(answer.body());
    }

    private String put(String job) throws Exception {
        HttpResponse<String> answer = rig.post(JOBS, job);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return (String) value(answer).get("id");
    }

    private List<?> take(String query) throws Exception {
        HttpResponse<String> answer = rig.post("/v1/queues/mail/take" + query, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return (List<?>) value(answer).get("jobs");
    }

    private Map<?, ?> taken() throws Exception {
        return (Map<?, ?>) take("?max=1").get(0);
    }

    private Map<?, ?> status() throws Exception {
        return value(rig.get("/v1/queues/mail"));
    }

    private int settle(Object id, String how, String body) throws Exception {
        return rig.post(JOBS + "/" + id + "/" + how, body).statusCode();
    }

    @Test
    void deadJobs_areListed_andBroughtBackOneByOne() throws Exception {
        rig.start();
        for (int i = 0; i < 2; i++) {
            put("{\"body\": " + i + "}");
            Map<?, ?> job = taken();
            settle(job.get("id"), "fail", "{\"lease\": \"" + job.get("lease") + "\"}");
        }
        List<?> first = (List<?>) value(rig.get(JOBS + "?state=dead&limit=1")).get("jobs");
        assertThat(first)
                .singleElement()
                .satisfies(job -> assertThat(((Map<?, ?>) job).get("body")).isEqualTo(0L));
        Object id = ((Map<?, ?>) first.get(0)).get("id");
        assertThat((List<?>) value(rig.get(JOBS + "?state=dead&after=" + id)).get("jobs"))
                .hasSize(1);

        assertThat(rig.post(JOBS + "/" + id + "/redrive", "").statusCode()).isEqualTo(204);
        assertThat(rig.post(JOBS + "/" + id + "/redrive", "").statusCode()).isEqualTo(409);
        assertThat(rig.post(JOBS + "/999/redrive", "").statusCode()).isEqualTo(404);
        assertThat(status().get("dead")).isEqualTo(1L);
        assertThat(rig.get(JOBS).body()).contains("state is needed");
        assertThat(rig.get(JOBS + "?state=ded").body()).contains("did you mean \\\"dead\\\"");
        assertThat(rig.get(JOBS + "?state=dead&limit=1001").statusCode()).isEqualTo(400);
        assertThat(rig.get(JOBS + "?state=dead&after=x").statusCode()).isEqualTo(400);
    }

    /** Waits until the queue says so of a count of those who wait at it, or of jobs. */
    private void await(ToIntFunction<JobQueue.Statistics> count, int wanted) throws Exception {
        while (count.applyAsInt(rig.queue("mail")) != wanted) {
            rig.get("/health/live");
        }
    }

    @Test
    void job_goesThroughItsLife() throws Exception {
        rig.start();

        String id = put("{\"body\": {\"to\": \"Ada\", \"n\": 1.10}, \"key\": \"k\", \"priority\": 3}");
        Map<?, ?> job = taken();
        assertThat(job.get("id")).isEqualTo(id);
        assertThat(job.get("attempt")).isEqualTo(1L);
        assertThat(job.get("key")).isEqualTo("k");
        assertThat(job.get("expires")).isNotNull();
        assertThat(Json.write(job.get("body"))).isEqualTo("{\"to\":\"Ada\",\"n\":1.10}");
        assertThat(value(rig.get(JOBS + "/" + id)).get("state")).isEqualTo("leased");

        String lease = "{\"lease\": \"" + job.get("lease") + "\"}";
        assertThat(settle(id, "extend", "{\"by\": \"1m\", " + lease.substring(1)))
                .isEqualTo(204);
        assertThat(settle(id, "ack", lease)).isEqualTo(204);
        assertThat(settle(id, "ack", lease)).as("whose answer was lost").isEqualTo(204);
        assertThat(settle(id, "release", lease)).isEqualTo(409);
        assertThat(rig.get(JOBS + "/" + id).statusCode()).isEqualTo(404);
        assertThat(status().get("done")).isEqualTo(1L);
    }

    @Test
    void failedJob_isDead_andCanBeBroughtBack() throws Exception {
        rig.start();
        String id = put("{\"body\": 1}");
        Map<?, ?> job = taken();
        String lease = "\"lease\": \"" + job.get("lease") + "\"";

        assertThat(settle(id, "fail", "{" + lease + ", \"error\": {\"type\": \"timeout\"}, \"retryIn\": \"1s\"}"))
                .isEqualTo(204);
        assertThat(settle(id, "fail", "{" + lease + "}")).isEqualTo(204);
        assertThat(settle(id, "ack", "{" + lease + "}")).isEqualTo(409);
        assertThat(value(rig.get(JOBS + "/" + id)).get("error")).isEqualTo(Map.of("type", "timeout"));
        assertThat(status().get("dead")).isEqualTo(1L);
        assertThat(value(rig.post("/v1/queues/mail/redrive", ""))).isEqualTo(Map.of("redriven", 1L));
        job = taken();
        assertThat(settle(id, "release", "{\"lease\": \"" + job.get("lease") + "\"}"))
                .isEqualTo(204);
        assertThat(status().get("ready")).isEqualTo(1L);
    }

    @Test
    void uniqueJob_givesTheIdThatIsThere() throws Exception {
        rig.start();
        String id = put("{\"body\": null, \"unique\": \"u\", \"delay\": \"1h\"}");

        HttpResponse<String> again = rig.post(JOBS, "{\"body\": null, \"unique\": \"u\"}");
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(value(again)).isEqualTo(Map.of("id", id));
        assertThat(value(rig.get(JOBS + "/" + id)).get("due")).isNotNull();
    }

    @Test
    void fullQueue_is429_andAWaitGetsTheRoomThatComes() throws Exception {
        rig.start();
        put("{\"body\": 1}");
        put("{\"body\": 2}");

        HttpResponse<String> full = rig.post(JOBS + "?wait=20ms", "{\"body\": 3}");
        assertThat(full.statusCode()).isEqualTo(429);
        assertThat(full.headers().firstValue("retry-after")).contains("1");
        assertThat(value(full).get("type")).isEqualTo("limit");
        assertThat(rig.post(JOBS, "{\"body\": 3}").statusCode()).isEqualTo(429);

        CompletableFuture<HttpResponse<String>> waiting = ServeRig.CLIENT.sendAsync(
                rig.request(JOBS + "?wait=1m")
                        .POST(BodyPublishers.ofString("{\"body\": 4}"))
                        .build(),
                BodyHandlers.ofString());
        await(JobQueue.Statistics::waitingPuts, 1);
        assertThat(take("?max=1")).hasSize(1);
        assertThat(waiting.get().statusCode()).isEqualTo(201);
        assertThat(take("?max=10")).extracting("body").containsExactly(2L, 4L);
    }

    @Test
    void take_waitsForTheFirst_andIsEmptyWhenItsTimeIsOver() throws Exception {
        rig.start();
        assertThat(take("")).isEmpty();
        assertThat(take("?wait=20ms")).isEmpty();

        CompletableFuture<HttpResponse<String>> waiting = ServeRig.CLIENT.sendAsync(
                rig.request("/v1/queues/mail/take?max=10&wait=1m")
                        .POST(BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
        await(JobQueue.Statistics::waitingTakes, 1);
        put("{\"body\": 1}");
        assertThat((List<?>) value(waiting.get()).get("jobs")).hasSize(1);
    }

    @Test
    void callerWhoLeaves_waitsNoLonger() throws Exception {
        rig.start();
        try (var taker = new RawCaller(rig.port())) {
            taker.send("POST /v1/queues/mail/take?wait=1m HTTP/1.1\r\nHost: localhost\r\n\r\n");
            await(JobQueue.Statistics::waitingTakes, 1);
        }
        await(JobQueue.Statistics::waitingTakes, 0);
        put("{\"body\": 1}");
        put("{\"body\": 2}");
        try (var putter = new RawCaller(rig.port())) {
            putter.send(
                    "POST " + JOBS + "?wait=1m HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{\"body\":3}");
            await(JobQueue.Statistics::waitingPuts, 1);
        }
        await(JobQueue.Statistics::waitingPuts, 0);
        assertThat(take("?max=10")).extracting("body").containsExactly(1L, 2L);
        assertThat(status()).extracting("ready", "leased").containsExactly(0L, 2L);
    }

    @Test
    void severalJobs_areAnsweredEach() throws Exception {
        rig.start();

        HttpResponse<String> list = rig.post(
                JOBS, "[{\"body\": 1}, {\"body\": \"" + "x".repeat(200) + "\"}, {\"body\": 2}, {\"body\": 3}]");
        assertThat(list.statusCode()).isEqualTo(201);
        List<?> jobs = (List<?>) value(list).get("jobs");
        assertThat(jobs.get(0)).isEqualTo(Map.of("id", "1"));
        assertThat(jobs.get(1)).extracting("error").extracting("type").isEqualTo("limit");
        assertThat(jobs.get(3)).extracting("error").extracting("retryAfter").isEqualTo(1L);
        assertThat(rig.post(JOBS, "[{\"body\": 1}]").statusCode()).isEqualTo(429);

        take("?max=10");
        HttpResponse<String> lines = rig.send(rig.request(JOBS)
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString(
                        "{\"body\": 4, \"unique\": \"u\"}\n\n{\"body\": 5, \"unique\": \"u\"}\n")));
        assertThat(lines.statusCode()).isEqualTo(201);
        assertThat((List<?>) value(lines).get("jobs"))
                .isEqualTo(List.of(Map.of("id", "3"), Map.of("id", "3", "existing", true)));
    }

    @Test
    void linesAndJobsThatAreWrong_areNamed_andNothingIsPut() throws Exception {
        rig.start();
        byte[] latin = "{\"body\": 1}\n\n{\"body\": \"Z\u00fcrich\"}\n".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(wrong(true, latin))
                .isEqualTo("the body of the request is not JSON: line 3, column 12: a byte that is not UTF-8");
        assertThat(wrong(true, "{\"body\": 1}\r\n{\"body\": 2}\r\n \r\n{\"body\": \r\n"))
                .startsWith("the body of the request is not JSON: line 4, column 11: ")
                .endsWith("began at line 4");
        assertThat(wrong(true, "{\"body\": 1}\n{\"body\": 2, \"key\": \"\"}\n{\"body\": 3}"))
                .startsWith("line 2: key must have 1 to 256 characters");
        assertThat(wrong(true, "\n\n{\"body\": 1, \"delay\": \"soon\"}")).startsWith("line 3: delay: ");
        assertThat(wrong(true, "{\"body\": 1}\r{\"body\": 2}")).contains("line 1, column");
        assertThat(wrong(false, "[{\"body\": 1}, {\"body\": 2}, {\"boddy\": 3}]"))
                .startsWith("jobs[2]: a job must be {body");
        assertThat(wrong(false, "[{\"body\": 1, \"unique\": \"a\\ud83d\"}]"))
                .isEqualTo("jobs[0]: unique has an unpaired surrogate, which UTF-8 cannot encode");
        assertThat(wrong(false, "{\"body\": 1, \"key\": \"\\ude00\"}"))
                .isEqualTo("key has an unpaired surrogate, which UTF-8 cannot encode");
        assertThat(wrong(false, "[{\"body\": 1, \"key\": \"a\\u0000\"}]")).startsWith("jobs[0]: key must have");
        assertThat(status().get("ready")).isEqualTo(0L);
        String id = put("{\"body\": \"half \\ud83d\", \"key\": \"" + "\uD83D\uDE00".repeat(256) + "\"}");
        assertThat(taken().get("body")).as(id).isEqualTo("half \uD83D");
    }

    private String wrong(boolean lines, String body) throws Exception {
        return wrong(lines, body.getBytes(StandardCharsets.UTF_8));
    }

    private String wrong(boolean lines, byte[] body) throws Exception {
        HttpResponse<String> answer = rig.send(rig.request(JOBS)
                .header("Content-Type", lines ? "application/x-ndjson" : "application/json")
                .POST(BodyPublishers.ofByteArray(body)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        return String.valueOf(value(answer).get("detail"));
    }

    @Test
    void cancel_byState() throws Exception {
        rig.start();
        String id = put("{\"body\": 1}");
        Map<?, ?> job = taken();
        String waiting = put("{\"body\": 2}");

        assertThat(delete(waiting)).isEqualTo(204);
        assertThat(delete(waiting)).isEqualTo(409);
        assertThat(delete("4711")).isEqualTo(404);
        assertThat(delete(id)).isEqualTo(204);
        assertThat(value(rig.get(JOBS + "/" + id)).get("cancelAsked")).isEqualTo(true);
        assertThat(settle(id, "extend", "{\"by\": \"1m\", \"lease\": \"" + job.get("lease") + "\"}"))
                .isEqualTo(409);
        assertThat(settle(id, "release", "{\"lease\": \"" + job.get("lease") + "\"}"))
                .isEqualTo(204);
        assertThat(status().get("cancelled")).isEqualTo(2L);
        String dead = put("{\"body\": 3}");
        settle(dead, "fail", "{\"lease\": \"" + taken().get("lease") + "\"}");
        assertThat(delete(dead)).isEqualTo(409);
    }

    private int delete(String id) throws Exception {
        return rig.send(rig.request(JOBS + "/" + id).DELETE()).statusCode();
    }

    @Test
    void closedQueue_refusesPuts_andEndsTakesThatWaitInVain() throws Exception {
        rig.start();
        CompletableFuture<HttpResponse<String>> waiting = ServeRig.CLIENT.sendAsync(
                rig.request("/v1/queues/mail/take?wait=1m")
                        .POST(BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
        await(JobQueue.Statistics::waitingTakes, 1);

        HttpResponse<String> closed = rig.post("/v1/queues/mail/close", "");
        assertThat(closed.statusCode()).isEqualTo(200);
        assertThat(value(closed).get("closed")).isEqualTo(true);
        assertThat(waiting.get().body()).isEqualTo("{\"jobs\":[]}");
        assertThat(rig.post(JOBS, "{\"body\": 1}").statusCode()).isEqualTo(409);
        assertThat(rig.post(JOBS + "?wait=1m", "{\"body\": 1}").statusCode()).isEqualTo(409);
        assertThat(value(rig.post("/v1/queues/mail/reopen", "")).get("closed")).isEqualTo(false);
        put("{\"body\": 1}");
        assertThat(value(rig.post("/v1/queues/mail/pause", "")).get("paused")).isEqualTo(true);
        assertThat(take("")).isEmpty();
        assertThat(value(rig.post("/v1/queues/mail/resume", "")).get("paused")).isEqualTo(false);
        assertThat(take("")).hasSize(1);
    }

    @Test
    void join_waitsUntilNoJobIsLeft_orItsCallerLeaves() throws Exception {
        rig.start();
        assertThat(rig.post("/v1/queues/mail/join", "").body()).isEqualTo("{\"joined\":true}");
        put("{\"body\": 1}");
        assertThat(rig.post("/v1/queues/mail/join?wait=20ms", "").body()).isEqualTo("{\"joined\":false}");
        assertThat(rig.post("/v1/queues/mail/join?wait=1", "").statusCode()).isEqualTo(400);
        try (var leaves = new RawCaller(rig.port())) {
            leaves.send("POST /v1/queues/mail/join?wait=1m HTTP/1.1\r\nHost: localhost\r\n\r\n");
            await(JobQueue.Statistics::joining, 1);
        }
        await(JobQueue.Statistics::joining, 0);
        var stays = ServeRig.CLIENT.sendAsync(
                rig.request("/v1/queues/mail/join?wait=1m")
                        .POST(BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
        await(JobQueue.Statistics::joining, 1);
        Map<?, ?> job = taken();
        assertThat(settle(job.get("id"), "ack", "{\"lease\": \"" + job.get("lease") + "\"}"))
                .isEqualTo(204);

        assertThat(stays.get().body()).isEqualTo("{\"joined\":true}");
    }

    @Test
    void queues_areListed() throws Exception {
        rig.start();
        List<?> queues = (List<?>) value(rig.get("/v1/queues")).get("queues");

        assertThat(queues).extracting("name").containsExactly("a", "mail");
        assertThat(((Map<?, ?>) queues.get(1)).keySet())
                .isEqualTo(new LinkedHashSet<>(List.of(
                        "name",
                        "store",
                        "size",
                        "scheduled",
                        "ready",
                        "leased",
                        "done",
                        "dead",
                        "cancelled",
                        "paused",
                        "closed")));
    }

    @Test
    void requestsThatAreWrong_areRefused() throws Exception {
        rig.start();
        for (String body : List.of(
                "",
                "1",
                "{}",
                "{\"body\": 1, \"wait\": \"1s\"}",
                "{\"body\": 1, \"key\": 7}",
                "{\"body\": 1, \"key\": \"\"}",
                "{\"body\": 1, \"delay\": \"soon\"}",
                "{\"body\": 1, \"priority\": 1001}",
                "[]",
                "[1]",
                "{\"body\": 1, \"priority\": 4294967296}")) {
            assertThat(rig.post(JOBS, body).statusCode()).as(body).isEqualTo(400);
        }
        for (String query :
                List.of("?max=0", "?max=1001", "?max=x", "?wait=1", "?wait=6m", "?max=99999999999999999999")) {
            assertThat(rig.post("/v1/queues/mail/take" + query, "").statusCode())
                    .as(query)
                    .isEqualTo(400);
        }
        assertThat(rig.post(JOBS, "{\"body\": \"" + "x".repeat(99) + "\"}").statusCode())
                .isEqualTo(413);
        assertThat(settle("1", "ack", "{}")).isEqualTo(400);
        assertThat(settle("1", "ack", "{\"lease\": \"x\", \"id\": \"1\"}")).isEqualTo(400);
        assertThat(settle("1", "ack", "{\"lease\": \"x\"}")).isEqualTo(409);
        assertThat(settle("1", "extend", "{\"lease\": \"x\", \"by\": \"2h\"}")).isEqualTo(400);
        assertThat(settle("1", "extend", "{\"lease\": \"x\"}")).isEqualTo(400);
        assertThat(rig.get("/v1/queues/none").statusCode()).isEqualTo(404);
        assertThat(rig.get("/v1/queues/none").body()).contains("there are a, mail");
        assertThat(rig.get(JOBS + "/x").statusCode()).isEqualTo(404);
        assertThat(rig.get("/v1/queues/mail/take").statusCode()).isEqualTo(405);
    }

    @Test
    void callers_seeAndUseWhatTheyAreGranted() throws Exception {
        rig.config("server: {port: 0, workers: 1}\n"
                + "queues: {mail: {store: memory}, a: {store: memory}}\n"
                + "callers: {shop: {key: a-key-of-the-shop-00, may: {queues: [mail]}}}\n");
        rig.start();

        assertThat(rig.get("/v1/queues").statusCode()).isEqualTo(401);
        var key = "Bearer a-key-of-the-shop-00";
        HttpResponse<String> list = rig.send(rig.request("/v1/queues").header("Authorization", key));
        assertThat((List<?>) value(list).get("queues")).extracting("name").containsExactly("mail");
        assertThat(rig.send(rig.request(JOBS)
                                .header("Authorization", key)
                                .POST(BodyPublishers.ofString("{\"body\": 1}")))
                        .statusCode())
                .isEqualTo(201);
        HttpResponse<String> denied = rig.send(
                rig.request("/v1/queues/a/take").header("Authorization", key).POST(BodyPublishers.noBody()));
        assertThat(denied.statusCode()).isEqualTo(403);
        assertThat(value(denied).get("type")).isEqualTo("denied");
    }

    @Test
    void adhocPlan_putsOnlyWhereTheQueueSaysSo() throws Exception {
        rig.config("queues: {mail: {store: memory}, a: {store: memory, adhoc: true}}")
                .start();
        String plan = "{\"plan\": \"plan: x\\nsteps: {s: {queue: %s, put: 1}}\"}";

        assertThat(rig.post("/v1/runs", plan.formatted("mail")).statusCode()).isEqualTo(403);
        assertThat(rig.post("/v1/runs", plan.formatted("a")).body()).isEqualTo("{\"s\":\"1\"}");
    }
}
