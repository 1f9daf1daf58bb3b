package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests that want all of a node of a small heap: each is refused or ends with {@code limit}, whoever else asks is answered
 * meanwhile, and the node stops normally afterwards.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(300)
class HostileWorkProcessTest {

    /** Generous, as the machine of a test may be busy with others; a node that is held or full answers nothing at all. */
    private static final Duration PROBE = Duration.ofSeconds(10);

    private static final int PROBES = 12;

    @TempDir
    Path conf;

    private final HttpClient client = HttpClient.newHttpClient();
    private NodeProcess node;

    @BeforeEach
    void start() throws Exception {
        Files.createDirectories(conf.resolve("plans"));
        Files.writeString(conf.resolve("muster.yaml"), "server: {port: 0, workers: 2, drain: 20s}\n");
        Files.writeString(
                conf.resolve("plans").resolve("pub.yaml"),
                "plan: pub\ninput: {s: any}\nexpose: POST /pub\nsteps: {wait: {sleep: 3s}}\noutput: = size(input.s)\n");
        node = NodeProcess.start(conf, List.of("env", "--default-signal=INT,TERM,HUP"));
    }

    @AfterEach
    void kill() {
        node.close();
    }

    private CompletableFuture<HttpResponse<String>> post(String path, String body) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
                .timeout(Duration.ofSeconds(120))
                .POST(BodyPublishers.ofString(body))
                .build();
        return client.sendAsync(request, BodyHandlers.ofString());
    }

    private void probe() throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + "/health/live"))
                .timeout(PROBE)
                .build();
        for (int i = 0; i < PROBES; i++) {
            assertThat(client.send(request, BodyHandlers.ofString()).statusCode())
                    .isEqualTo(200);
        }
    }

    /** All of them at once, with probes meanwhile and behind them, then a normal end. */
    private List<HttpResponse<String>> endures(List<String> paths, List<String> bodies) throws Exception {
        List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
        for (int i = 0; i < bodies.size(); i++) {
            asked.add(post(paths.get(i), bodies.get(i)));
        }
        probe();
        List<HttpResponse<String>> answers = new ArrayList<>();
        for (var one : asked) {
            answers.add(one.get(200, TimeUnit.SECONDS));
        }
        probe();
        assertThat(post("/v1/runs", "{\"plan\": {\"plan\": \"small\", \"output\": \"= 1 + 2\"}}")
                        .get(60, TimeUnit.SECONDS)
                        .body())
                .isEqualTo("3");
        assertThat(node.terminated(60)).as(node.said()).isZero();
        assertThat(node.said()).doesNotContain("OutOfMemoryError");
        return answers;
    }

    private List<HttpResponse<String>> enduresPlans(List<Map<String, Object>> plans) throws Exception {
        List<String> bodies =
                plans.stream().map(plan -> Json.write(Map.of("plan", plan))).toList();
        return endures(bodies.stream().map(body -> "/v1/runs").toList(), bodies);
    }

    @Test
    void eachOfAMillionAtOnce_isLimit() throws Exception {
        Map<String, Object> each =
                Map.of("each", "= lists.range(1000000)", "concurrency", 1_000_000L, "do", Map.of("sleep", "25s"));
        var answers = enduresPlans(List.of(Map.of("plan", "x", "steps", Map.of("a", each), "output", 1L)));
        assertThat(answers.get(0).statusCode()).isEqualTo(413);
        assertThat(answers.get(0).body()).contains("\"limit\"", "server.limits.tasks");
    }

    @Test
    void manyEachOfManyAtOnce_shareTheMemory() throws Exception {
        Map<String, Object> each =
                Map.of("each", "= lists.range(60000)", "concurrency", 60_000L, "do", Map.of("sleep", "2s"));
        Map<String, Object> plan = Map.of("plan", "x", "steps", Map.of("a", each), "output", 1L);
        var answers = enduresPlans(List.of(plan, plan, plan, plan, plan, plan));
        assertThat(answers.stream().map(HttpResponse::statusCode))
                .allMatch(status -> List.of(200, 413, 429).contains(status));
        assertThat(answers.stream().map(HttpResponse::body)).anyMatch(body -> body.contains("server.limits.memory"));
    }

    @Test
    void bodiesOfManySmallObjects_are429BeforeTheHeapIsFull() throws Exception {
        String body = "{\"s\":[" + "{},".repeat(300_000) + "{}]}";
        List<String> bodies = IntStream.range(0, 30).mapToObj(i -> body).toList();
        var answers = endures(bodies.stream().map(one -> "/pub").toList(), bodies);
        assertThat(answers.stream().map(HttpResponse::statusCode))
                .allMatch(status -> List.of(200, 429).contains(status));
        assertThat(answers.stream().filter(answer -> answer.statusCode() == 429))
                .isNotEmpty()
                .allMatch(answer -> answer.headers().firstValue("retry-after").isPresent());
        assertThat(answers.stream().filter(answer -> answer.statusCode() == 200))
                .isNotEmpty();
    }

    @Test
    void sharedValues_areLimit_howeverTheyAreUsed() throws Exception {
        List<Map<String, Object>> plans = new ArrayList<>();
        for (String output : List.of("= s26", "= s26 == s25", "= size(json(s26))", "= [s26, s26].distinct()")) {
            Map<String, Object> steps = IntStream.rangeClosed(1, 26)
                    .boxed()
                    .collect(Collectors.toMap(
                            i -> "s" + i, i -> Map.of("set", List.of("= s" + (i - 1), "= s" + (i - 1)))));
            steps.put("s0", Map.of("set", List.of("x")));
            plans.add(Map.of("plan", "x", "timeout", "20s", "steps", steps, "output", output));
        }
        String within = "[".repeat(26) + "1"
                + IntStream.range(0, 26)
                        .mapToObj(i -> "].map(v%1$d, [v%1$d, v%1$d])[0]".formatted(i))
                        .collect(Collectors.joining());
        for (String output : List.of("= " + within, "= json(" + within + ")", "= " + within + " == " + within)) {
            plans.add(Map.of("plan", "x", "timeout", "20s", "output", output));
        }
        assertThat(enduresPlans(plans)).allSatisfy(answer -> {
            assertThat(answer.statusCode()).isEqualTo(413);
            assertThat(answer.body()).contains("server.limits.");
        });
    }

    @Test
    void largePlans_doNotKeepOthersWaiting() throws Exception {
        List<String> output = IntStream.range(0, 10_000)
                .mapToObj(i -> "= " + i + " + 1 + 2 * 3")
                .toList();
        List<Map<String, Object>> plans = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            plans.add(Map.of("plan", "x", "timeout", "2s", "output", output));
        }
        List<String> more = IntStream.range(0, 10_001).mapToObj(i -> "= 1 + 2").toList();
        plans.add(Map.of("plan", "x", "timeout", "100s", "output", more));
        var answers = enduresPlans(plans);
        assertThat(answers.subList(0, 12).stream().map(HttpResponse::statusCode))
                .allMatch(status -> List.of(200, 504).contains(status));
        assertThat(answers.get(12).statusCode()).isEqualTo(413);
        assertThat(answers.get(12).body()).contains("\"limit\"", "10000 expressions", "server.limits.expressions");
    }
}
