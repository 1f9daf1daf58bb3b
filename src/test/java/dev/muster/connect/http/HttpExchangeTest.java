package dev.muster.connect.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.CancelReason;
import dev.muster.task.State;
import dev.muster.task.Task;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one exchange over HTTP/1.1 leaves to the next one on its connection: nothing. */
class HttpExchangeTest {

    private static final String EVIL = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil";

    private final Harness http = new Harness();
    private final AtomicInteger connections = new AtomicInteger();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    @AfterEach
    void nothingIsLeft() {
        http.close();
    }

    private interface First {
        void answer(NetSocket socket);
    }

    /** A server that answers /first in a way of its own, and everything else by its path. */
    private void first(First answer, String... words) {
        http.source(
                http.serveRaw(socket -> {
                    if (connections.incrementAndGet() == 1) {
                        socket.closeHandler(gone -> closed.complete(null));
                    }
                    socket.exceptionHandler(broken -> {});
                    socket.handler(request -> {
                        String line = request.toString().lines().findFirst().orElse("");
                        if (!line.endsWith(" HTTP/1.1")) {
                            return;
                        }
                        asked.add(line);
                        String path = line.split(" ")[1];
                        if (path.equals("/first")) {
                            answer.answer(socket);
                        } else {
                            socket.write(ok(path));
                        }
                    });
                }),
                words);
    }

    private void firstSays(String answer) {
        first(socket -> socket.write(answer));
    }

    private static String ok(String text) {
        return "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: " + text.length() + "\r\n\r\n" + text;
    }

    private static String interim(int status, String headers) {
        return "HTTP/1.1 " + status + " Wait\r\n" + headers + "\r\n";
    }

    private void nextIsRight() {
        assertThat(http.run(Step.get("/next"))).isEqualTo("/next");
    }

    private MusterException badResponse(String... words) {
        MusterException e = http.fail(Step.get("/first"));
        assertThat(e.type()).isEqualTo(ErrorType.BAD_RESPONSE);
        assertThat(e.detail()).contains(words);
        return e;
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 102, 103, 104, 110, 199})
    void interimResponse_isPassedOver(int status) {
        firstSays(interim(status, "link: </a>\r\n") + ok("final"));
        assertThat(http.run(Step.get("/first"))).isEqualTo("final");
        nextIsRight();
        assertThat(connections).hasValue(1);
    }

    @Test
    void interimResponseLongBeforeTheFinalOne_isNotTheAnswerOfAnother() {
        var waits = new CompletableFuture<NetSocket>();
        first(socket -> {
            socket.write(interim(102, ""));
            waits.complete(socket);
        });
        Task<Object> slow = http.start(Step.get("/first"));
        NetSocket socket = Harness.await(waits);
        assertThat(http.run(Step.get("/other"))).isEqualTo("/other");
        assertThat(slow.isDone()).isFalse();
        socket.write(ok("slow"));
        assertThat(Harness.await(slow.future())).isEqualTo("slow");
        assertThat(connections).hasValue(2);
    }

    @Test
    void thirtyTwoInterimResponses_arePassedOver() {
        firstSays(interim(103, "link: </a>\r\nlink: </b>\r\n").repeat(32) + ok("final"));
        assertThat(http.run(Step.get("/first"))).isEqualTo("final");
        nextIsRight();
    }

    @Test
    void interimResponsesAreCountedForEachExchange() {
        firstSays(interim(103, "").repeat(20) + ok("final"));
        assertThat(http.run(Step.get("/first"))).isEqualTo("final");
        assertThat(http.run(Step.get("/first"))).isEqualTo("final");
        assertThat(connections).hasValue(1);
    }

    @Test
    void thirtyThreeInterimResponses_areABadResponse() {
        firstSays(interim(103, "").repeat(33) + ok("final"));
        badResponse("/first: the answer is preceded by more than 32 interim ones (the last has status 103)");
        nextIsRight();
        Harness.await(closed);
    }

    @Test
    void interimHeadersOverTheBoundTogether_areABadResponse() {
        firstSays(interim(103, "x: " + "a".repeat(30_000) + "\r\n").repeat(3) + ok("final"));
        badResponse("interim ones with headers larger than 65536 bytes together");
        nextIsRight();
    }

    @Test
    void interimWithManyHeaders_isPassedOver() {
        firstSays(interim(103, "link: </style.css>; rel=preload\r\n".repeat(500)) + ok("final"));
        assertThat(http.run(Step.get("/first"))).isEqualTo("final");
    }

    @Test
    void endlessInterimResponses_endWithTheTimeOfTheStep() {
        var begun = new CompletableFuture<Void>();
        first(socket -> socket.write(interim(102, "")).onSuccess(begun::complete));
        Task<Object> task = http.start(Step.get("/first"));
        Harness.await(begun);
        task.withTimeout(java.time.Duration.ofMillis(50));
        var end = new CompletableFuture<State>();
        task.onEnd(done -> end.complete(done.state()));
        assertThat(Harness.await(end)).isEqualTo(State.TIMED_OUT);
        Harness.await(closed);
        nextIsRight();
    }

    @Test
    void cancelAfterAnInterimResponse_closesTheConnection() {
        var begun = new CompletableFuture<Void>();
        first(socket -> socket.write(interim(103, "")).onSuccess(begun::complete));
        Task<Object> task = http.start(Step.get("/first"));
        Harness.await(begun);
        task.cancel(CancelReason.of("test"));
        Harness.await(closed);
        nextIsRight();
    }

    @Test
    void closeAfterAnInterimResponse_isUnavailable() {
        first(socket -> socket.end(Buffer.buffer(interim(102, ""))));
        assertThat(http.fail(Step.get("/first")).type()).isEqualTo(ErrorType.UNAVAILABLE);
        nextIsRight();
    }

    @Test
    void unaskedSwitchOfProtocols_isABadResponse() {
        firstSays("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n" + ok("x"));
        badResponse("the answer switches to another protocol (status 101), which was not requested");
        Harness.await(closed);
        nextIsRight();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello and more",
                "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello\r\n",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\nmore",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx-sum: 1\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello" + EVIL,
                "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhelloHTTP/1.1 200 O",
                "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhelloHTTP/1.1 103 Early\r\n\r\n",
            })
    void bytesBehindAResponse_closeItsConnection(String response) {
        firstSays(response);
        assertThat(http.run(Step.get("/first"))).isEqualTo("hello");
        assertThat(http.run(Step.of("post", "/next").value("body", 1L))).isEqualTo("/next");
        Harness.await(closed);
        assertThat(connections).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 204 No Content\r\ncontent-length: 11\r\n\r\n",
                "HTTP/1.1 204 No Content\r\ncontent-length: 11\r\n\r\n{\"ok\":true}",
                "HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n",
                "HTTP/1.1 204 No Content\r\n\r\n" + EVIL,
                "HTTP/1.1 304 Not Modified\r\ncontent-length: 11\r\n\r\n{\"ok\":true}",
            })
    void bodyWhereNoneMayBe_closesTheConnection(String response) {
        firstSays(response);
        assertThat(http.run(Step.get("/first").expect("2xx", "304"))).isNull();
        assertThat(http.run(Step.of("post", "/next").value("body", 1L))).isEqualTo("/next");
        Harness.await(closed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"ok\":true}", EVIL})
    void bodyOfHead_closesTheConnection(String body) {
        firstSays("HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n" + body);
        assertThat(http.run(Step.of("head", "/first"))).isNull();
        assertThat(http.run(Step.of("post", "/next").value("body", 1L))).isEqualTo("/next");
        Harness.await(closed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\ncontent-length: 11\r\n\r\n",
            })
    void responseWithoutABody_leavesTheConnectionForOthers(String response) {
        firstSays(response);
        assertThat(http.run(Step.get("/first").expect("2xx", "304"))).isNull();
        nextIsRight();
        assertThat(connections).hasValue(1);
    }

    @Test
    void bytesWhileNothingIsAsked_closeTheConnection() {
        var idle = new CompletableFuture<NetSocket>();
        first(socket -> {
            socket.write(ok("first"));
            idle.complete(socket);
        });
        assertThat(http.run(Step.get("/first"))).isEqualTo("first");
        Harness.await(idle).write(EVIL);
        Harness.await(closed);
        assertThat(http.run(Step.of("post", "/next").value("body", 1L))).isEqualTo("/next");
        assertThat(connections).hasValue(2);
    }

    @Test
    void garbageFromTheExchangeBefore_isAskedAgainOnAFreshConnection() {
        http.source(http.serveRaw(socket -> {
            boolean first = connections.incrementAndGet() == 1;
            socket.handler(request -> {
                boolean isFirst = request.toString().startsWith("GET /first");
                // Late: only once the next request is on its way.
                socket.write((first && !isFirst ? " and more" : "") + ok(isFirst ? "first" : "/next"));
            });
        }));
        assertThat(http.run(Step.get("/first"))).isEqualTo("first");
        nextIsRight();
        assertThat(connections).hasValue(2);
    }

    @Test
    void severalWordsOfConnection_closeIsAmongThem() {
        firstSays("HTTP/1.1 200 OK\r\nconnection: x-hop, close\r\ncontent-length: 5\r\n\r\nhello");
        assertThat(http.run(Step.get("/first"))).isEqualTo("hello");
        Harness.await(closed);
        nextIsRight();
    }

    @Test
    void twoLengths_areABadResponse() {
        firstSays("HTTP/1.1 200 OK\r\ncontent-length: 50\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        badResponse("the answer is not HTTP: Content-Length");
        Harness.await(closed);
        nextIsRight();
    }

    @Test
    void transferCodingThatNobodyAskedFor_isABadResponse() {
        firstSays("HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n");
        badResponse("the answer has the transfer coding gzip, chunked, which was not requested");
        nextIsRight();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"content-length: 4\r\n\r\nlate", "content-length: 0\r\n\r\n", "content-length: 9\r\n\r\nlate"})
    void responseBeforeTheRequestHasLeft_closesTheConnection(String rest) {
        first(socket -> {
            socket.pause();
            socket.write("HTTP/1.1 413 Too Large\r\n" + rest);
        });
        Step upload = Step.of("post", "/first").value("body", "x".repeat(12 << 20));
        MusterException e = http.fail(upload);
        assertThat(e.detail()).contains("status 413, expected 2xx");
        nextIsRight();
        assertThat(connections).hasValue(2);
    }

    @Test
    void successBeforeTheRequestHasLeft_isTheAnswerAndClosesTheConnection() {
        first(socket -> {
            socket.pause();
            socket.write(ok("early"));
        });
        Step upload = Step.of("post", "/first").value("body", "x".repeat(12 << 20));
        assertThat(http.run(upload)).isEqualTo("early");
        nextIsRight();
        assertThat(connections).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"content-length: 100\r\n\r\nsome", "\r\nsome", "transfer-encoding: chunked\r\n\r\n4\r\nsome\r\n"
            })
    void bodyOfAnError_isNotWaitedFor(String rest) {
        firstSays("HTTP/1.1 500 Broken\r\n" + rest);
        badResponse("status 500, expected 2xx: some");
        Harness.await(closed);
        nextIsRight();
    }

    @Test
    void bodyOfARedirect_isNotWaitedFor() {
        firstSays("HTTP/1.1 302 Found\r\nlocation: /next\r\ncontent-length: 100\r\n\r\nsome");
        assertThat(http.run(Step.get("/first"))).isEqualTo("/next");
        Harness.await(closed);
        assertThat(asked).containsExactly("GET /first HTTP/1.1", "GET /next HTTP/1.1");
    }

    @Test
    void smallBodyOfARedirect_leavesTheConnectionForTheNextHop() {
        firstSays("HTTP/1.1 302 Found\r\nlocation: /next\r\ncontent-length: 4\r\n\r\nmove");
        assertThat(http.run(Step.get("/first"))).isEqualTo("/next");
        assertThat(connections).hasValue(1);
    }
}
