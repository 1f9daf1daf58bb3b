package dev.muster.connect.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.Task;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exchanges over HTTP/2 with a server that has its own ideas of streams. */
class HttpStreamsTest {

    private static final int INTERNAL_ERROR = 2;
    private static final int REFUSED_STREAM = 7;

    private final Harness http = new Harness();
    private final List<RawStreams> connections = new CopyOnWriteArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final AtomicInteger firsts = new AtomicInteger();

    @AfterEach
    void nothingIsLeft() {
        http.close();
    }

    /** A server that has its way with what is not {@code /next}. */
    private void first(RawStreams.Asked answer) {
        http.source(
                http.serveRaw(socket -> connections.add(new RawStreams(socket, (connection, id, method, path) -> {
                    asked.add(method + " " + path);
                    if (path.equals("/next")) {
                        connection.respond(id, path);
                    } else {
                        firsts.incrementAndGet();
                        answer.on(connection, id, method, path);
                    }
                }))),
                "protocol",
                "http2");
    }

    private void nextIsRight() {
        assertThat(http.run(Step.get("/next"))).isEqualTo("/next");
    }

    private static Step post(String body) {
        return Step.of("post", "/first").value("body", body);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 102, 103, 104, 199})
    void interimResponse_isPassedOver(int status) {
        first((connection, id, method, path) -> {
            connection.headers(id, false, status, "link", "</a>");
            connection.respond(id, "final");
        });
        assertThat(http.run(Step.get("/first"))).isEqualTo("final");
        nextIsRight();
        assertThat(connections).hasSize(1);
    }

    @Test
    void thirtyTwoInterimResponses_arePassedOverAndOneMoreIsNot() {
        first((connection, id, method, path) -> {
            for (int i = 0; i < 32 + (path.equals("/more") ? 1 : 0); i++) {
                connection.headers(id, false, 103, "link", "</a>");
            }
            connection.respond(id, "final");
        });
        assertThat(http.run(Step.get("/first"))).isEqualTo("final");
        MusterException e = http.fail(Step.get("/more"));
        assertThat(e.type()).isEqualTo(ErrorType.BAD_RESPONSE);
        assertThat(e.detail()).contains("the answer is preceded by more than 32 interim ones");
        nextIsRight();
        assertThat(connections).hasSize(1);
    }

    @Test
    void interimHeadersOverTheBoundTogether_areABadResponse() {
        first((connection, id, method, path) -> {
            for (int i = 0; i < 6; i++) {
                connection.headers(id, false, 103, "x", "a".repeat(12_000));
            }
            connection.respond(id, "final");
        });
        assertThat(http.fail(Step.get("/first")).detail()).contains("headers larger than 65536 bytes together");
        nextIsRight();
    }

    @Test
    void interimResponseThatEndsTheStream_isABadResponse() {
        first((connection, id, method, path) -> connection.headers(id, true, 103));
        MusterException e = http.fail(Step.get("/first"));
        assertThat(e.type()).isEqualTo(ErrorType.BAD_RESPONSE);
        assertThat(e.detail()).contains("the answer ends with an interim one (status 103)");
        nextIsRight();
    }

    @Test
    void switchOfProtocols_isABadResponse() {
        first((connection, id, method, path) -> connection.headers(id, false, 101));
        assertThat(http.fail(Step.get("/first")).detail()).contains("(status 101), which was not requested");
        nextIsRight();
    }

    @Test
    void resetAfterAnInterimResponse_isABadResponse() {
        first((connection, id, method, path) -> {
            connection.headers(id, false, 103);
            connection.reset(id, INTERNAL_ERROR);
        });
        assertThat(http.fail(Step.get("/first")).detail()).contains("the server reset the request (code 2)");
        nextIsRight();
        assertThat(firsts).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "post", "delete"})
    void refusedStream_isSentAgainForAnyMethod(String method) {
        first((connection, id, verb, path) -> {
            if (firsts.get() <= 2) {
                connection.reset(id, REFUSED_STREAM);
            } else {
                connection.respond(id, "third");
            }
        });
        assertThat(http.run(Step.of(method, "/first"))).isEqualTo("third");
        assertThat(asked).hasSize(3);
        assertThat(connections).hasSize(1);
    }

    @Test
    void streamRefusedThreeTimes_isUnavailable() {
        first((connection, id, method, path) -> connection.reset(id, REFUSED_STREAM));
        MusterException e = http.fail(post("x"));
        assertThat(e.type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(e.detail()).contains("rejected the request unprocessed");
        assertThat(firsts).hasValue(3);
        nextIsRight();
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "post"})
    void goAwayBelowTheStream_isSentAgainOnAFreshConnection(String method) {
        first((connection, id, verb, path) -> {
            if (connections.size() == 1) {
                connection.goAway(Math.max(0, id - 2), 0);
            } else {
                connection.respond(id, "again");
            }
        });
        assertThat(http.run(Step.of(method, "/first"))).isEqualTo("again");
        assertThat(connections).hasSize(2);
    }

    @Test
    void goAwayInTwoSteps_theSecondDecides() {
        first((connection, id, method, path) -> {
            if (connections.size() == 1) {
                connection.goAway(Integer.MAX_VALUE, 0);
                connection.goAway(Math.max(0, id - 2), 0);
            } else {
                connection.respond(id, "again");
            }
        });
        assertThat(http.run(post("x"))).isEqualTo("again");
        assertThat(connections).hasSize(2);
    }

    @Test
    void goAwayAboveTheStream_letsItFinish() {
        first((connection, id, method, path) -> {
            connection.goAway(id, 0);
            connection.respond(id, "last");
        });
        assertThat(http.run(post("x"))).isEqualTo("last");
        nextIsRight();
        assertThat(firsts).hasValue(1);
        assertThat(connections).hasSize(2);
    }

    @Test
    void closeAfterAGoAwayThatKnowsTheStream_isNotSentAgain() {
        first((connection, id, method, path) -> {
            connection.goAway(id, 0);
            connection.socket.close();
        });
        assertThat(http.fail(post("x")).type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(firsts).hasValue(1);
        nextIsRight();
    }

    @Test
    void goAwayWhileABodyIsSent_sendsItAgain() {
        first((connection, id, method, path) -> {
            if (connections.size() == 1) {
                connection.goAway(Math.max(0, id - 2), 0);
            } else {
                connection.respond(id, "again");
            }
        });
        // Above the window of a stream, so that the rest of it waits.
        assertThat(http.run(post("x".repeat(1 << 20)))).isEqualTo("again");
        assertThat(firsts).hasValue(2);
    }

    @Test
    void refusalWhileABodyIsSent_sendsItAgain() {
        first((connection, id, method, path) -> {
            if (firsts.get() == 1) {
                connection.reset(id, REFUSED_STREAM);
            } else {
                connection.respond(id, "again");
            }
        });
        assertThat(http.run(post("x".repeat(1 << 20)))).isEqualTo("again");
        assertThat(firsts).hasValue(2);
    }

    @Test
    void closeWhileABodyIsSent_isUnavailable() {
        first((connection, id, method, path) -> connection.socket.close());
        MusterException e = http.fail(post("x".repeat(1 << 20)));
        assertThat(e.type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(e.detail()).contains("closed the connection without an answer");
        assertThat(firsts).hasValue(1);
    }

    @Test
    void responseBeforeTheRequestHasLeft_resetsTheStreamAndKeepsTheConnection() {
        var stream = new CompletableFuture<Integer>();
        first((connection, id, method, path) -> {
            connection.respond(id, "early");
            stream.complete(id);
        });
        assertThat(http.run(post("x".repeat(1 << 20)))).isEqualTo("early");
        nextIsRight();
        assertThat(connections).hasSize(1);
        // What the client wrote before its next request has been read.
        assertThat(connections.get(0).resetOf(Harness.await(stream))).isEqualTo(8);
    }

    @Test
    void deadlineHoldsOverRepetitions() {
        var begun = new CompletableFuture<Void>();
        first((connection, id, method, path) -> {
            if (firsts.get() == 1) {
                connection.reset(id, REFUSED_STREAM);
            } else {
                begun.complete(null);
            }
        });
        Task<Object> task = http.start(Step.get("/first"));
        Harness.await(begun);
        task.withTimeout(java.time.Duration.ofMillis(50));
        Harness.await(task.future().otherwiseEmpty());
        assertThat(http.statistics().openRequests()).isZero();
        nextIsRight();
    }

    @Test
    void secondResponseOnAStream_reachesNobody() {
        first((connection, id, method, path) -> {
            connection.respond(id, "first");
            connection.respond(id, "evil");
        });
        assertThat(http.run(Step.get("/first"))).isEqualTo("first");
        nextIsRight();
    }

    @Test
    void bodyOfAnError_isNotWaitedFor() {
        first((connection, id, method, path) -> {
            connection.headers(id, false, 503, "content-type", "text/plain");
            connection.data(id, false, Buffer.buffer("some"));
        });
        assertThat(http.fail(Step.get("/first")).detail()).contains("status 503, expected 2xx: some");
        nextIsRight();
        assertThat(connections).hasSize(1);
    }

    @Test
    void bodyResetThatNobodyWants_hidesNeitherStatusNorRedirect() {
        first((connection, id, method, path) -> {
            if (path.equals("/moved")) {
                connection.headers(id, false, 302, "location", "/next", "content-length", "100");
            } else {
                connection.headers(id, false, 503, "retry-after", "7", "content-length", "100");
            }
            connection.data(id, false, Buffer.buffer("0123456789"));
            connection.reset(id, INTERNAL_ERROR);
        });
        assertThat(http.run(Step.get("/moved"))).isEqualTo("/next");
        MusterException e = http.fail(Step.get("/first"));
        assertThat(e.detail()).contains("status 503, expected 2xx");
        assertThat(e.more()).containsEntry("retryAfterMillis", 7_000L);
        assertThat(connections).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "get, 204, false, with status 204",
        "get, 204, true, with status 204",
        "get, 304, true, with status 304",
        "head, 200, false, to a HEAD",
        "head, 200, true, to a HEAD"
    })
    void bodyWhereHttpAllowsNone_isABadResponse(String method, int status, boolean ends, String what) {
        first((connection, id, asked, path) -> {
            connection.headers(id, false, status, "content-type", "text/plain");
            connection.data(id, ends, Buffer.buffer("evil"));
        });
        MusterException e = http.fail(Step.of(method, "/first").expect(String.valueOf(status)));
        assertThat(e.type()).isEqualTo(ErrorType.BAD_RESPONSE);
        assertThat(e.detail()).endsWith("/first: the answer " + what + " has a body, which HTTP does not allow");
        nextIsRight();
        assertThat(connections).hasSize(1);
    }

    @Test
    void emptyFrameWhereHttpAllowsNoBody_isNone() {
        first((connection, id, method, path) -> {
            connection.headers(id, false, 204);
            connection.data(id, true, Buffer.buffer());
        });
        assertThat(http.run(Step.get("/first"))).isNull();
    }
}
