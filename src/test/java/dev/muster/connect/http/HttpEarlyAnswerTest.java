package dev.muster.connect.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.Task;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A server that answers an upload from its head alone and closes with the rest unread, so that the system resets the connection:
 * the client's writes fail while the response is still to be read.
 */
@Timeout(60)
class HttpEarlyAnswerTest {

    private final Harness http = new Harness();

    @AfterEach
    void nothingIsLeft() {
        http.close();
    }

    /** What an upload ends with whose server has said this and closed before the client's loop looks at the connection again. */
    private MusterException upload(String said) throws Exception {
        try (var server = new ServerSocket()) {
            server.setReceiveBufferSize(4_096);
            server.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            http.source("http", "http://127.0.0.1:" + server.getLocalPort());
            Task<Object> task = http.start(Step.of("post", "/first").value("body", "x".repeat(12 << 20)));
            var held = new CountDownLatch(1);
            var closed = new CountDownLatch(1);
            try (Socket socket = server.accept()) {
                readHead(socket);
                http.tasks.loop().execute(() -> {
                    held.countDown();
                    await(closed);
                });
                await(held);
                socket.getOutputStream().write(said.getBytes(StandardCharsets.US_ASCII));
            } finally {
                closed.countDown();
            }
            return Harness.failure(task);
        }
    }

    private static void readHead(Socket socket) throws java.io.IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) socket.getInputStream().read());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void responseBeforeTheReset_isTheAnswer() throws Exception {
        MusterException e = upload("HTTP/1.1 413 Too Large\r\nconnection: close\r\ncontent-length: 5\r\n\r\nsorry");
        assertThat(e.detail()).endsWith("/first: status 413, expected 2xx: sorry");
    }

    @Test
    void resetWithoutAResponse_isUnavailable() throws Exception {
        MusterException e = upload("");
        assertThat(e.type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(e.detail()).endsWith("closed the connection without an answer");
    }

    @Test
    void resetWithinAWantedBody_isABadResponse() throws Exception {
        MusterException e = upload("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nsome");
        assertThat(e.type()).isEqualTo(ErrorType.BAD_RESPONSE);
        assertThat(e.detail()).contains("breaks off after 4 bytes");
    }
}
