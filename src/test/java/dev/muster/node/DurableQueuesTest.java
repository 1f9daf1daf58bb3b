package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Soon;
import dev.muster.TestServers;
import dev.muster.json.Json;
import dev.muster.loop.Loop;
import dev.muster.queue.CronClaims;
import dev.muster.queue.QueueSettings;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Queues of a node whose jobs are kept in Postgres. */
@Timeout(120)
class DurableQueuesTest {

    private static final String SERVER = "server: {port: 0, workers: 2, drain: 2s}\n";

    @AutoClose
    private ServeRig rig;

    private final String database = TestServers.postgres().freshDatabase();

    @TempDir
    Path conf;

    @BeforeEach
    void rig() throws Exception {
        rig = new ServeRig(conf).config(config(database));
    }

    private static String config(String address) {
        return SERVER + "sources: {db: {postgres: '" + address + "'}}\n"
                + "queues: {in: {store: db, retries: 0}, out: {store: db}}\n";
    }

    private int put(String queue, String body) throws Exception {
        return rig.post("/v1/queues/" + queue + "/jobs", "{\"body\": " + body + "}")
                .statusCode();
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> get(String path) throws Exception {
        return (Map<String, Object>) Json.parse(rig.get(path).body());
    }

    private void sql(String statement) throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            Waiting.got(PgConnection.connect(vertx, database)
                    .compose(connection -> connection.query(statement).execute()));
        } finally {
            Waiting.got(vertx.close());
        }
    }

    private void awaitCount(String queue, String state, long jobs) throws Exception {
        Soon.until(
                "the jobs in this state",
                () -> get("/v1/queues/" + queue).get(state).equals(jobs));
    }

    @Test
    void doneJob_showsAnEarlierFailureAsLastError() throws Exception {
        rig.start();
        put("out", "7");
        assertThat(settled("fail", ", \"error\": {\"type\": \"failed\", \"detail\": \"no luck\"}, \"retryIn\": \"0s\""))
                .isEqualTo(204);
        assertThat(get("/v1/queues/out/jobs/1").get("error")).isEqualTo(Map.of("type", "failed", "detail", "no luck"));
        assertThat(settled("ack", ", \"output\": 8")).isEqualTo(204);

        assertThat(get("/v1/queues/out/jobs/1"))
                .containsEntry("state", "done")
                .containsEntry("output", 8L)
                .containsEntry("lastError", Map.of("type", "failed", "detail", "no luck"))
                .doesNotContainKey("error");
        assertThat(rig.get("/v1/queues/out/jobs?state=done").body())
                .contains("\"lastError\":{")
                .doesNotContain("\"error\"");
    }

    /** Takes the one job and says what came of it; the status. */
    private int settled(String how, String words) throws Exception {
        String taken = rig.post("/v1/queues/out/take?wait=5s", "").body();
        Map<?, ?> job = (Map<?, ?>) ((List<?>) ((Map<?, ?>) Json.parse(taken)).get("jobs")).get(0);
        return rig.post("/v1/queues/out/jobs/1/" + how, "{\"lease\": \"" + job.get("lease") + "\"" + words + "}")
                .statusCode();
    }

    @Test
    void jobs_outliveTheNode() throws Exception {
        rig.start();
        assertThat(put("in", "{\"n\": 7}")).isEqualTo(201);
        rig.close();
        rig.start();

        assertThat(rig.post("/v1/queues/in/take?wait=20s", "").body()).contains("{\"n\":7}", "\"attempt\":1");
        assertThat(get("/v1/queues/in")).containsEntry("store", "db").containsEntry("leased", 1L);
    }

    @Test
    void plans_workOnJobs_andPutOthers() throws Exception {
        rig.plan(
                        "double",
                        "trigger: {queue: in, consumers: 3, prefetch: 2}\ninput: {n: integer}\n"
                                + "steps: {put: {queue: out, put: = input.n * 2}}\noutput: = put")
                .start();
        for (int i = 0; i < 50; i++) {
            assertThat(put("in", "{\"n\": " + i + "}")).isEqualTo(201);
        }
        awaitCount("in", "done", 50);

        assertThat(get("/v1/queues/out")).containsEntry("ready", 50L);
    }

    @Test
    void databaseThatIsNotThereYet_isNotReady_andThenItIs() throws Exception {
        URI there = URI.create(database);
        String name = there.getPath().substring(1) + "_later";
        rig.config(config(database.replace(there.getPath(), "/" + name))).start();

        assertThat(put("in", "1")).isEqualTo(503);
        assertThat(rig.get("/health/ready").statusCode()).isEqualTo(503);
        assertThat(rig.get("/health/ready").body()).contains("there is no such database");
        TestServers.postgres().make(name);
        Soon.until("the node's readiness", () -> rig.get("/health/ready").statusCode() == 200);
        assertThat(put("in", "1")).isEqualTo(201);
    }

    @Test
    void schemaOfANewerMuster_isNotReady_andSaysSo() throws Exception {
        rig.start();
        assertThat(put("in", "1")).isEqualTo(201);
        rig.close();
        sql("insert into muster.migration (number, name) values (1000, 'later')");
        rig.start();

        assertThat(rig.get("/health/ready").body()).contains("made by a newer one");
        assertThat(rig.post("/v1/queues/in/jobs", "{\"body\": 1}").statusCode()).isEqualTo(409);
    }

    @Test
    void reload_opensAndLetsGoOfDurableQueues_withTheirJobs() throws Exception {
        rig.start();
        assertThat(put("in", "1")).isEqualTo(201);
        rig.config(SERVER + "sources: {db: {postgres: '" + database + "'}}\n");
        assertThat(rig.post("/v1/reload", "").statusCode()).isEqualTo(200);
        assertThat(put("in", "1")).isEqualTo(404);
        rig.config(config(database));
        assertThat(rig.post("/v1/reload", "").statusCode()).isEqualTo(200);

        assertThat(put("in", "2")).isEqualTo(201);
        assertThat(get("/v1/queues/in")).containsEntry("ready", 2L);
    }

    @Test
    void times_areSharedByTheNodesOfOneDatabase() throws Exception {
        rig.start();
        var one = new NodeQueues(rig.vertx());
        var other = new NodeQueues(rig.vertx());
        var settings = ((LiveDeployment) rig.service().offer()).postgres();
        for (NodeQueues node : List.of(one, other)) {
            node.open(List.of(QueueSettings.durable("in", "db")), settings, QueueVerticle.Addresses.NONE);
        }

        Instant now = onLoop(one, CronClaims::now);
        CronClaims.Verdict first = onLoop(one, claims -> claims.claim(claim(now, 1)));
        CronClaims.Verdict second = onLoop(other, claims -> claims.claim(claim(now, 2)));
        assertThat(List.of(first, second)).containsExactly(CronClaims.Verdict.FIRE, CronClaims.Verdict.TAKEN);
        assertThat(new NodeQueues(rig.vertx()).claims(Loop.of(rig.vertx()))).isEmpty();
        for (NodeQueues node : List.of(one, other)) {
            Waiting.got(node.close());
        }
    }

    private static CronClaims.Claim claim(Instant at, long number) {
        return new CronClaims.Claim("nightly", at, true, Duration.ofMinutes(1), number);
    }

    private <T> T onLoop(NodeQueues node, Function<CronClaims, Future<T>> question) throws InterruptedException {
        Loop loop = Loop.of(rig.vertx());
        Promise<T> answer = Promise.promise();
        loop.execute(() -> question.apply(node.claims(loop).orElseThrow()).onComplete(answer));
        return Waiting.got(answer.future());
    }

    @Test
    void reload_saysThatAnotherAddressNeedsARestart() throws Exception {
        rig.start();
        put("in", "1");
        rig.config(config(TestServers.postgres().freshDatabase()));
        Map<?, ?> answer = (Map<?, ?>) Json.parse(rig.post("/v1/reload", "").body());

        assertThat(answer.get("restart")).isEqualTo(List.of("sources.db"));
        assertThat(put("in", "2")).isEqualTo(201);
        assertThat(get("/v1/queues/in")).containsEntry("ready", 2L);
    }
}
