package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What callers hear of attempts that failed. */
@Timeout(120)
class ServeAttemptsTest {

    private static final String AGAIN = "retry: {times: 2, backoff: 1ms..1ms}";

    @TempDir
    Path conf;

    private ServeRig rig;

    @BeforeEach
    void rig() throws Exception {
        // Nothing listens at port 1; the secret is one that errors must not tell.
        rig = new ServeRig(conf)
                .config("sources: {down: {http: 'http://127.0.0.1:1/${file:token}', optional: true}}")
                .plan("fails", "steps: {a: {http: down, get: /x, " + AGAIN + "}}")
                .plan("heals", "steps: {a: {http: down, get: /x, default: none, " + AGAIN + "}}")
                .plan("once", "steps: {a: {http: down, get: /x}}");
        Files.writeString(conf.resolve("token"), "t0ken-of-ours");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static Map<?, ?> value(String json) {
        return (Map<?, ?>) Json.parse(json);
    }

    private static void hasThree(Map<?, ?> told) {
        assertThat(told.get("attempts")).isEqualTo(3L);
        assertThat((List<?>) told.get("errors")).hasSize(2).allSatisfy(one -> {
            Map<?, ?> error = (Map<?, ?>) one;
            assertThat(error.get("type")).isEqualTo("unavailable");
            assertThat(error.get("detail")).asString().contains("127.0.0.1:1").doesNotContain("t0ken");
            assertThat(error.get("ms")).isInstanceOf(Number.class);
        });
    }

    @Test
    void attempts_standInProblemEventAndReport() throws Exception {
        rig.start();
        HttpResponse<String> failed = rig.post("/v1/plans/fails/runs", "{}");
        assertThat(failed.statusCode()).isEqualTo(503);
        hasThree(value(failed.body()));

        Map<?, ?> report =
                value(rig.get("/v1/runs/" + value(failed.body()).get("run")).body());
        hasThree((Map<?, ?>) ((List<?>) report.get("steps")).get(0));
        hasThree((Map<?, ?>) report.get("error"));

        HttpResponse<String> events = rig.send(rig.request("/v1/plans/heals/runs")
                .header("Accept", "application/x-ndjson")
                .POST(BodyPublishers.ofString("{}")));
        Map<?, ?> step = events.body()
                .lines()
                .map(ServeAttemptsTest::value)
                .filter(event -> "step".equals(event.get("event")))
                .findFirst()
                .orElseThrow();
        hasThree(step);
        assertThat(step.get("state")).isEqualTo("failed");
    }

    @Test
    void stepThatWasTriedOnce_saysNothingOfAttempts() throws Exception {
        rig.start();
        HttpResponse<String> failed = rig.post("/v1/plans/once/runs", "{}");
        assertThat(failed.statusCode()).isEqualTo(503);
        assertThat(failed.body()).doesNotContain("attempts");
        assertThat(rig.get("/v1/runs/" + value(failed.body()).get("run")).body())
                .doesNotContain("attempts");
    }
}
