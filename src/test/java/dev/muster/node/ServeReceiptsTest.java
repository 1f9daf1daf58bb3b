package dev.muster.node;

import static dev.muster.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.muster.Soon;
import dev.muster.json.Json;
import dev.muster.service.ManagedRun;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is told of runs that somebody else than their caller ends. */
@Timeout(120)
class ServeReceiptsTest {

    @TempDir
    Path conf;

    private ServeRig rig;

    @BeforeEach
    void rig() throws Exception {
        rig = new ServeRig(conf)
                .plan("sleeps", "steps: {long: {sleep: 1m}}")
                .plan(
                        "writes",
                        "steps: {a: {file: out, write: x.txt, content: x}, long: {when: = a.bytes > 0, sleep: 1m}}");
        rig.config("server: {port: 0, workers: 1, drain: 200ms}\nsources: {out: {file: " + conf + ", write: true}}")
                .start();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private CompletableFuture<HttpResponse<String>> waiting(String plan) {
        return ServeRig.CLIENT.sendAsync(
                rig.request("/v1/plans/" + plan + "/runs")
                        .POST(BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }

    private String run() {
        Soon.until("a live run", () -> !rig.service().runManager().live().isEmpty());
        return rig.service().runManager().live().stream()
                .map(ManagedRun::id)
                .findFirst()
                .orElseThrow();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> json(String text) {
        return (Map<String, Object>) Json.parse(text);
    }

    @Test
    void runThatSomebodyCancels_isAnswered409_withWhoAndWhy() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = waiting("sleeps");
        rig.send(rig.request("/v1/runs/" + run() + "?why=wrong%20week").DELETE());

        assertThat(soon(answer).statusCode()).isEqualTo(409);
        assertThat(soon(answer).headers().firstValue("Retry-After")).isEmpty();
        assertThat(json(soon(answer).body()))
                .containsEntry("type", "cancelled")
                .containsEntry("by", "request")
                .containsEntry("status", 409L)
                .hasEntrySatisfying(
                        "detail", detail -> assertThat((String) detail).endsWith(": wrong week"));
    }

    @Test
    void nodeThatStops_answers503_andSaysWhenToTryAgain() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = waiting("sleeps");
        run();
        rig.service().drain();

        assertThat(soon(answer).statusCode()).isEqualTo(503);
        assertThat(soon(answer).headers().firstValue("Retry-After")).contains("1");
        assertThat(json(soon(answer).body()))
                .containsEntry("type", "cancelled")
                .containsEntry("by", "node")
                .doesNotContainKey("effects");
    }

    @Test
    void nodeThatStops_afterAWrite_saysThatThereAreEffects_andNotToTryAgain() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = waiting("writes");
        Soon.until("the file that the step writes", () -> Files.exists(conf.resolve("x.txt")));
        rig.service().drain();

        assertThat(soon(answer).statusCode()).isEqualTo(503);
        assertThat(soon(answer).headers().firstValue("Retry-After")).isEmpty();
        assertThat(json(soon(answer).body())).containsEntry("by", "node").containsEntry("effects", true);
    }

    @Test
    void eventBus_cancelsWithAReason_andTellsTheSameCode() {
        var bus = rig.vertx().eventBus();
        var answer = bus.request("muster.run", new JsonObject().put("plan", "sleeps"));
        String run = run();
        Throwable wrong = catchThrowable(() -> soon(bus.request(
                "muster.run.cancel", new JsonObject().put("run", run).put("why", "two\nlines"))));
        assertThat(wrong.getCause())
                .isInstanceOfSatisfying(
                        ReplyException.class, e -> assertThat(e.failureCode()).isEqualTo(400));
        Throwable unknown = catchThrowable(() -> soon(bus.request(
                "muster.run.cancel", new JsonObject().put("run", run).put("wy", "typo"))));
        assertThat(unknown.getCause()).hasMessageContaining("the body must be {run, why?}");
        soon(bus.request("muster.run.cancel", new JsonObject().put("run", run).put("why", "wrong week")));

        Throwable cancelled = catchThrowable(() -> soon(answer));
        assertThat(cancelled.getCause()).isInstanceOfSatisfying(ReplyException.class, e -> {
            assertThat(e.failureCode()).isEqualTo(409);
            assertThat(json(e.getMessage()))
                    .containsEntry("type", "cancelled")
                    .containsEntry("by", "request")
                    .hasEntrySatisfying(
                            "detail", detail -> assertThat((String) detail).endsWith(": wrong week"));
        });
    }
}
