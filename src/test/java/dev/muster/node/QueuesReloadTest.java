package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a reload does to queues. */
@Timeout(120)
class QueuesReloadTest {

    @TempDir
    Path conf;

    private ServeRig rig;

    @BeforeEach
    void rig() throws Exception {
        rig = new ServeRig(conf).config("queues: {mail: {store: memory}}").start();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private HttpResponse<String> reload(String queues) throws Exception {
        rig.config("queues: {" + queues + "}");
        return rig.post("/v1/reload", "");
    }

    private int put(String queue) throws Exception {
        return rig.post("/v1/queues/" + queue + "/jobs", "{\"body\": 1}").statusCode();
    }

    private static List<?> restart(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return (List<?>) ((Map<?, ?>) Json.parse(answer.body())).get("restart");
    }

    @Test
    void queues_keepTheirJobs_andTheirSettings() throws Exception {
        put("mail");

        assertThat(restart(reload("mail: {store: memory, size: 5, lease: 1m, adhoc: true}")))
                .isEqualTo(List.of("queues.mail.size", "queues.mail.lease"));
        Map<?, ?> status = (Map<?, ?>) Json.parse(rig.get("/v1/queues/mail").body());
        assertThat(List.of(status.get("size"), status.get("ready"))).isEqualTo(List.of(1000L, 1L));
    }

    @Test
    void newQueue_isThere_andPlansPutIntoIt() throws Exception {
        rig.plan("p", "steps: {a: {queue: more, put: 1}}");

        assertThat(restart(reload("mail: {store: memory}, more: {store: memory}")))
                .isEmpty();
        assertThat(put("more")).isEqualTo(201);
        assertThat(rig.post("/v1/plans/p/runs", "").body()).isEqualTo("{\"a\":\"2\"}");
    }

    @Test
    void queueThatIsGone_goesOnlyWithoutJobs() throws Exception {
        put("mail");
        HttpResponse<String> refused = reload("more: {store: memory}");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("holds 1 unfinished jobs in memory");
        assertThat(put("mail")).isEqualTo(201);
        assertThat(put("more")).isEqualTo(404);
        rig.send(rig.request("/v1/queues/mail/jobs/1").DELETE());
        rig.send(rig.request("/v1/queues/mail/jobs/2").DELETE());
        assertThat(restart(reload("more: {store: memory}"))).isEmpty();
        assertThat(put("mail")).isEqualTo(404);
        assertThat(put("more")).isEqualTo(201);
    }

    @Test
    void reloadThatIsRefusedForOtherReasons_leavesTheQueuesAsTheyAre() throws Exception {
        rig.plan("wrong", "steps: {a: {queue: none, put: 1}}");

        assertThat(reload("more: {store: memory}").statusCode()).isEqualTo(400);
        assertThat(put("mail")).isEqualTo(201);
        assertThat(put("more")).isEqualTo(404);
    }
}
