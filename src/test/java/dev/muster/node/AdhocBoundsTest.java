package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The bounds on plans that come with requests: how much of them, for how long, and how many at once. */
@Timeout(120)
class AdhocBoundsTest {

    @TempDir
    Path conf;

    private ServeRig rig;

    @BeforeEach
    void start() throws Exception {
        rig = new ServeRig(conf)
                .config("server: {port: 0, workers: 2, drain: 5s, limits: {expressions: 3000, steps: 20,"
                        + " adhocThreads: 1, adhocWaiting: 1}}")
                .start();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static Map<String, Object> plan(int expressions, String timeout) {
        List<String> output = IntStream.range(0, expressions)
                .mapToObj(i -> "= " + i + " + 1 + size('text')")
                .toList();
        return Map.of("plan", "x", "timeout", timeout, "output", output);
    }

    private HttpResponse<String> run(Object plan) throws Exception {
        return rig.post("/v1/runs", Json.write(Map.of("plan", plan)));
    }

    @Test
    void moreExpressionsThanMay_areLimit() throws Exception {
        HttpResponse<String> answer = run(plan(3_001, "60s"));
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.body())
                .contains("\"limit\"", "more than 3000 expressions", "server.limits.expressions")
                .doesNotContain("is wrong");
        assertThat(run(Json.write(plan(3_001, "60s"))).statusCode())
                .as("as a text")
                .isEqualTo(413);
    }

    @Test
    void moreStepsThanMay_areLimit() throws Exception {
        List<Object> steps = new ArrayList<>();
        for (int i = 0; i < 21; i++) {
            steps.add(Map.of("set", 1L));
        }
        HttpResponse<String> answer = run(Map.of("plan", "x", "steps", steps));
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.body()).contains("server.limits.steps");
    }

    @Test
    void whatIsWrong_isStillTheCallersInput() throws Exception {
        assertThat(run(Map.of("plan", "x", "output", "= nobody.knows")).statusCode())
                .isEqualTo(400);
    }

    @Test
    void timeOfTheRun_countsWhileThePlanIsRead() throws Exception {
        HttpResponse<String> answer = run(plan(3_000, "1ms"));
        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(answer.body()).contains("no answer in 1 ms", "was not parsed in time");
        assertThat(run(Json.write(plan(3_000, "1ms"))).statusCode())
                .as("as a text")
                .isEqualTo(504);
        assertThat(run(Map.of("plan", "x", "output", "= 1 + 2")).body()).isEqualTo("3");
    }

    @Test
    void morePlansThanMayWait_are429_andSmallOnesAreNot() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
        String body = Json.write(Map.of("plan", plan(1_000, "10m")));
        for (int i = 0; i < 6; i++) {
            asked.add(ServeRig.CLIENT.sendAsync(
                    rig.request("/v1/runs").POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString()));
        }
        List<HttpResponse<String>> answers =
                asked.stream().map(CompletableFuture::join).toList();
        assertThat(answers.stream().map(HttpResponse::statusCode))
                .contains(200, 429)
                .allMatch(status -> List.of(200, 429).contains(status));
        assertThat(answers.stream().filter(answer -> answer.statusCode() == 429))
                .allMatch(answer -> answer.headers().firstValue("retry-after").isPresent()
                        && answer.body().contains("server.limits.adhocWaiting"));
        assertThat(run(Map.of("plan", "x", "output", "= 1 + 2")).body()).isEqualTo("3");
    }
}
