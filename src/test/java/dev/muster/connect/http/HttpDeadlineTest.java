package dev.muster.connect.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.config.Problems;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The header by which a source is told how much time is left. */
class HttpDeadlineTest {

    private static final long SECONDS = 50;

    private final Harness http = new Harness();
    private final List<Map<String, List<String>>> seen = new CopyOnWriteArrayList<>();

    @AfterEach
    void nothingIsLeft() {
        http.close();
    }

    private HttpServer server() {
        return http.serve(request -> {
            var headers = new java.util.TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
            request.headers()
                    .names()
                    .forEach(name -> headers.put(name, request.headers().getAll(name)));
            seen.add(headers);
            String to = request.getParam("to");
            if (to != null) {
                request.response().setStatusCode(302).putHeader("location", to);
            }
            request.response().end();
        });
    }

    /** Runs a step that has so many seconds. */
    private Object run(Step step) {
        return Harness.await(http.tasks
                .start(
                        "test",
                        scope -> scope.timeout(
                                Duration.ofSeconds(SECONDS),
                                "step",
                                own -> http.connector()
                                        .prepare(step.call(http.connector().words()))
                                        .run(own, step.arguments())))
                .future());
    }

    private String only(String header) {
        assertThat(seen).hasSize(1);
        assertThat(seen.get(0).get(header)).hasSize(1);
        return seen.get(0).get(header).get(0);
    }

    private static long number(String text, String unit) {
        assertThat(text).matches("[0-9]+" + unit);
        return Long.parseLong(text.substring(0, text.length() - unit.length()));
    }

    @ParameterizedTest
    @CsvSource({"Muster-Deadline,ms", "GRPC-Timeout,m", "x-envoy-expected-rq-timeout-ms,''", "x-time-left,ms"})
    void upstream_isToldWhatIsLeft_inTheFormOfTheHeader(String header, String unit) {
        http.source(server(), "deadline", header);
        run(Step.get("/"));
        assertThat(number(only(header), unit)).isBetween(1L, SECONDS * 1_000);
    }

    @Test
    void withoutTheSetting_nothingIsTold() {
        http.source(server());
        run(Step.get("/"));
        assertThat(seen.get(0)).doesNotContainKeys("muster-deadline", "grpc-timeout", "x-envoy-expected-rq-timeout-ms");
    }

    @Test
    void withoutADeadline_nothingIsTold() {
        http.source(server(), "deadline", "Muster-Deadline");
        http.run(Step.get("/"));
        assertThat(seen.get(0)).doesNotContainKey("muster-deadline");
    }

    @Test
    void headerOfTheStep_goesFirst_andNullLeavesItOut() {
        http.source(server(), "deadline", "Muster-Deadline");
        run(Step.get("/").value("headers", Map.of("MUSTER-deadline", "5s")));
        run(Step.get("/").value("headers", Collections.singletonMap("muster-deadline", null)));
        assertThat(seen.get(0).get("muster-deadline")).containsExactly("5s");
        assertThat(seen.get(1)).doesNotContainKey("muster-deadline");
    }

    @Test
    void redirect_isToldWhatIsLeftThen() {
        http.source(server(), "deadline", "Muster-Deadline");
        run(Step.get("/?to=/x"));
        assertThat(seen)
                .hasSize(2)
                .allMatch(headers -> headers.get("muster-deadline").size() == 1);
        long first = number(seen.get(0).get("muster-deadline").get(0), "ms");
        assertThat(number(seen.get(1).get("muster-deadline").get(0), "ms")).isLessThanOrEqualTo(first);
    }

    @Test
    void requestThatIsSharedByRuns_isToldAnewEachTime() {
        http.source(server(), "deadline", "x-envoy-expected-rq-timeout-ms");
        for (int i = 0; i < 3; i++) {
            run(Step.get("/"));
        }
        assertThat(seen)
                .hasSize(3)
                .allMatch(
                        headers -> headers.get("x-envoy-expected-rq-timeout-ms").size() == 1);
    }

    @Test
    void http2_isToldToo() {
        var options = new HttpServerOptions().setHttp2ClearTextEnabled(true);
        http.source(
                http.serve(options, request -> {
                    seen.add(Map.of("grpc-timeout", request.headers().getAll("grpc-timeout")));
                    request.response().end();
                }),
                "protocol",
                "http2",
                "deadline",
                "grpc-timeout");
        run(Step.get("/"));
        assertThat(number(only("grpc-timeout"), "m")).isBetween(1L, SECONDS * 1_000);
    }

    @Test
    void repeatOfARequestThatTheServerDroppedUnread_isToldWhatIsLeftThen() {
        var connections = new AtomicInteger();
        http.source(
                http.serveRaw(socket -> {
                    boolean first = connections.getAndIncrement() == 0;
                    var requests = new AtomicInteger();
                    socket.handler(bytes -> {
                        seen.add(Map.of(
                                "muster-deadline",
                                bytes.toString()
                                        .lines()
                                        .filter(line -> line.startsWith("muster-deadline: "))
                                        .map(line -> line.substring(17))
                                        .toList()));
                        if (first && requests.incrementAndGet() == 2) {
                            socket.close();
                        } else {
                            socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                        }
                    });
                }),
                "deadline",
                "Muster-Deadline");
        run(Step.get("/"));
        run(Step.get("/"));
        assertThat(seen)
                .hasSize(3)
                .allMatch(headers -> headers.get("muster-deadline").size() == 1);
        assertThat(number(seen.get(2).get("muster-deadline").get(0), "ms"))
                .isLessThanOrEqualTo(number(seen.get(1).get("muster-deadline").get(0), "ms"));
    }

    @Test
    void requestWithoutTime_isNotSent() {
        http.source(server(), "deadline", "Muster-Deadline");
        var step = Step.get("/");
        MusterException late = Harness.failure(http.tasks.start("test", scope -> {
            // Somebody else will end it, but has not done so yet.
            scope.task().announceStop(Duration.ZERO);
            return http.connector().prepare(step.call(http.connector().words())).run(scope, step.arguments());
        }));
        assertThat(late.type()).isEqualTo(ErrorType.TIMEOUT);
        assertThat(late.detail()).startsWith("GET http://").endsWith("/: no time was left to send it");
        assertThat(seen).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "two words",
                "muster:deadline",
                "Host",
                "content-length",
                "TE",
                "Authorization",
                "traceparent",
                "Content-Type",
                "Cookie"
            })
    void nameThatIsNone_orMeansSomethingElse_isAProblem(String name) {
        var problems = new Problems();
        HttpSettings settings =
                HttpSettings.read(Harness.fields(problems, "http", "http://localhost", "deadline", name));
        assertThat(settings.deadline()).isEmpty();
        assertThat(problems.list()).singleElement().asString().contains("deadline of ", "such as Muster-Deadline: ");
    }

    @Test
    void nameThatTheSourcesHeadersHave_isAProblem() {
        var problems = new Problems();
        HttpSettings.read(
                Harness.fields(problems, "http", "http://localhost", "deadline", "X-Left", "headers.x-left", "5s"));
        assertThat(problems.list()).singleElement().asString().contains("headers has x-left already");
    }
}
