package dev.muster.connect.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpBrokenTest {

    private static final String OK = "HTTP/1.1 200 OK\r\n";

    private final Harness http = new Harness();

    @AfterEach
    void nothingIsLeft() {
        http.close();
    }

    /** A server that says this and then closes. */
    private Harness saying(String answer, String... words) {
        return http.source(
                http.serveRaw(socket -> socket.handler(request -> socket.end(Buffer.buffer(answer)))), words);
    }

    private MusterException badResponse(String... words) {
        MusterException e = http.fail(Step.get("/items"));
        assertThat(e.type()).isEqualTo(ErrorType.BAD_RESPONSE);
        assertThat(e.detail()).startsWith("GET http://localhost:").contains(words);
        return e;
    }

    @Test
    void bodyCutShort_saysAfterHowMuch() {
        saying(OK + "content-length: 10\r\n\r\nabc");
        badResponse("/items: the answer breaks off after 3 bytes of its body");
    }

    @Test
    void chunkedBodyCutShort_saysSo() {
        saying(OK + "transfer-encoding: chunked\r\n\r\n5\r\nabc");
        badResponse("the answer breaks off after 3 bytes of its body");
    }

    @Test
    void chunksThatAreNone_areABadResponse() {
        saying(OK + "transfer-encoding: chunked\r\n\r\nzz\r\nabc");
        badResponse("the answer's body is broken after 0 bytes: Invalid character in chunk size");
    }

    @Test
    void garbage_isNotHttp() {
        saying("SSH-2.0-OpenSSH_9.6\r\n\r\n\r\n");
        badResponse("the answer is not HTTP");
    }

    @Test
    void headersWithoutEnd_areRefused() {
        saying(OK + "x: " + "a".repeat(100_000) + "\r\n\r\n");
        badResponse("the answer is not HTTP", "larger than 65536 bytes");
    }

    @Test
    void closedWithoutAnswer_isUnavailable() {
        saying("");
        MusterException e = http.fail(Step.get("/"));
        assertThat(e.type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(e.detail()).contains("closed the connection without an answer");
    }

    @Test
    void bodyUntilTheEndOfTheConnection_isWhole() {
        saying(OK + "content-type: text/plain\r\n\r\nabc");
        assertThat(http.run(Step.get("/"))).isEqualTo("abc");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":", "{\"a\": 1} x", "not json", "{\"a\":1,\"a\":2}", "[NaN]"})
    void wrongJson_saysWhere(String body) {
        saying(OK + "content-type: application/json\r\n\r\n" + body);
        MusterException e = badResponse("the body is not JSON: line 1, column ");
        assertThat(e.more()).containsEntry("status", 200L);
    }

    @Test
    void jsonNestedTooDeep_isABadResponse() {
        saying(OK + "content-type: application/json\r\n\r\n" + "[".repeat(100_000));
        badResponse("nested deeper than 256 levels");
    }

    @Test
    void textThatIsNotUtf8_saysWhichByte() {
        http.source(http.serveRaw(socket -> socket.handler(request -> socket.end(
                Buffer.buffer(OK + "content-type: text/plain\r\n\r\nab").appendByte((byte) 0xFF)))));
        badResponse("the body is not UTF-8: byte 2 is wrong");
    }

    @Test
    void unknownCharset_isABadResponse() {
        saying(OK + "content-type: text/plain; charset=klingon\r\n\r\nab");
        badResponse("the body has the unknown charset \"klingon\"");
    }

    @Test
    void announcedTooLarge_isRefusedBeforeItIsRead() {
        var closed = new CompletableFuture<Void>();
        http.source(
                http.serveRaw(socket -> {
                    socket.closeHandler(closed::complete);
                    socket.handler(request -> socket.write(OK + "content-length: 200000000\r\n\r\nabc"));
                }),
                "maxResponse",
                "64KiB");
        MusterException e = http.fail(Step.get("/"));
        assertThat(e.type()).isEqualTo(ErrorType.LIMIT);
        assertThat(e.detail()).endsWith("the answer is larger than 64KiB (maxResponse of source shop)");
        Harness.await(closed);
    }

    @Test
    void endlessBody_isStoppedAtTheBound() {
        var closed = new CompletableFuture<Void>();
        http.source(
                http.serveRaw(socket -> {
                    socket.closeHandler(closed::complete);
                    socket.handler(request -> {
                        socket.write(OK + "content-type: application/json\r\n\r\n[");
                        forever(socket, Buffer.buffer("1,".repeat(4_000)));
                    });
                }),
                "maxResponse",
                "1MiB");
        assertThat(http.fail(Step.get("/")).type()).isEqualTo(ErrorType.LIMIT);
        Harness.await(closed);
    }

    private static void forever(NetSocket socket, Buffer piece) {
        socket.write(piece).onSuccess(written -> forever(socket, piece));
    }

    @Test
    void gzipBomb_countsDecompressedBytes() throws IOException {
        byte[] bomb = zipped(64 << 20);
        assertThat(bomb.length).isLessThan(100_000);
        http.source(
                http.serve(request ->
                        request.response().putHeader("content-encoding", "gzip").end(Buffer.buffer(bomb))),
                "maxResponse",
                "128KiB");
        assertThat(http.fail(Step.get("/")).type()).isEqualTo(ErrorType.LIMIT);
    }

    @Test
    void brokenGzip_isABadResponse() {
        http.source(http.serve(request ->
                request.response().putHeader("content-encoding", "gzip").end("this is no gzip at all")));
        badResponse("the answer's body is broken");
    }

    private static byte[] zipped(int bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(out)) {
            byte[] piece = new byte[1 << 20];
            for (int i = 0; i < bytes / piece.length; i++) {
                zip.write(piece);
            }
        }
        return out.toByteArray();
    }

    @Test
    void exactlyTheBound_isTaken() {
        http.source(http.serve(request -> request.response().end("x".repeat(1_024))), "maxResponse", "1KiB");
        assertThat((String) http.run(Step.get("/"))).hasSize(1_024);
    }

    @Test
    void nobodyListens_isUnavailable() throws IOException {
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        http.source("http", "http://localhost:" + port);
        MusterException e = http.fail(Step.get("/"));
        assertThat(e.type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(e.detail()).isEqualTo("cannot connect to localhost:" + port + ": connection refused");
    }

    @Test
    void unknownName_isUnavailable() {
        http.source("http", "http://no-such-host.invalid");
        MusterException e = http.fail(Step.get("/"));
        assertThat(e.type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(e.detail()).isEqualTo("the name of no-such-host.invalid:80 cannot be resolved");
    }

    @ParameterizedTest
    @CsvSource({"http1", "http2"})
    void tlsThatIsNone_isUnavailable(String protocol) {
        var plain = http.serve(request -> request.response().end());
        http.source("http", "https://localhost:" + plain.actualPort(), "protocol", protocol);
        MusterException e = http.fail(Step.get("/"));
        assertThat(e.type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(e.detail()).startsWith("TLS with localhost:" + plain.actualPort() + " failed: ");
    }

    @Test
    void handshakeThatHangs_endsWithTheConnectTimeout() {
        NetServer silent = http.serveRaw(socket -> socket.handler(hello -> {}));
        http.source("http", "https://localhost:" + silent.actualPort(), "connectTimeout", "50ms");
        MusterException e = http.fail(Step.get("/"));
        assertThat(e.type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(e.detail())
                .isEqualTo("no connection to localhost:" + silent.actualPort()
                        + " within 50ms (connectTimeout of source shop)");
    }

    @Test
    void brokenRequest_doesNotDisturbTheNext() {
        Promise<Void> first = Promise.promise();
        http.source(http.serveRaw(socket -> socket.handler(request -> socket.end(Buffer.buffer(
                first.tryComplete() ? OK + "content-length: 9\r\n\r\nab" : OK + "content-length: 2\r\n\r\nok")))));
        badResponse("breaks off");
        assertThat(http.run(Step.get("/"))).isEqualTo("ok");
    }

    /** The first request of each connection is answered; the next one finds it closed. */
    private void closingAfterOneAnswer(AtomicInteger seen) {
        http.source(http.serveRaw(socket -> {
            var answered = new AtomicBoolean();
            socket.handler(request -> {
                seen.incrementAndGet();
                if (answered.compareAndSet(false, true)) {
                    socket.write(OK + "content-length: 2\r\n\r\nok");
                } else {
                    socket.close();
                }
            });
        }));
    }

    @Test
    void getOnAConnectionThatTheServerGaveUp_isSentAgainOnAnother() {
        var seen = new AtomicInteger();
        closingAfterOneAnswer(seen);
        assertThat(http.run(Step.get("/"))).isEqualTo("ok");
        assertThat(http.run(Step.get("/"))).isEqualTo("ok");
        assertThat(seen.get()).isEqualTo(3);
    }

    @Test
    void postOnAConnectionThatTheServerGaveUp_isNotSentAgain() {
        var seen = new AtomicInteger();
        closingAfterOneAnswer(seen);
        assertThat(http.run(Step.get("/"))).isEqualTo("ok");
        assertThat(http.fail(Step.of("post", "/")).type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(seen.get()).isEqualTo(2);
    }

    @Test
    void detail_neverHoldsSecrets() {
        http.source(
                http.serve(request -> request.response().setStatusCode(500).end()),
                "headers.authorization",
                "Bearer s3cret");
        MusterException e = http.fail(Step.get("/items").value("query", java.util.Map.of("key", "t0ken")));
        assertThat(e.detail()).doesNotContain("s3cret").doesNotContain("t0ken");
        assertThat(new String(e.detail().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .contains("/items");
    }

    @ParameterizedTest
    @ValueSource(strings = {"content-length: 100\r\n\r\n0123456789", "transfer-encoding: chunked\r\n\r\n9\r\n0123"})
    void bodyCutShortThatNobodyWants_hidesNeitherStatusNorRedirect(String rest) {
        http.source(http.serveRaw(socket -> socket.handler(request -> socket.end(Buffer.buffer(
                switch (request.toString().split(" ")[1]) {
                    case "/moved" -> "HTTP/1.1 302 Found\r\nlocation: /next\r\n" + rest;
                    case "/next" -> OK + "content-type: text/plain\r\n\r\nnext";
                    default -> "HTTP/1.1 503 Busy\r\nretry-after: 7\r\n" + rest;
                })))));
        assertThat(http.run(Step.get("/moved"))).isEqualTo("next");
        MusterException e = badResponse("/items: status 503, expected 2xx: 0123");
        assertThat(e.more()).containsEntry("status", 503L).containsEntry("retryAfterMillis", 7_000L);
    }
}
