package dev.muster.connect.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemKeyCertOptions;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies over TLS that end with their connection: whole only if TLS says so. */
class HttpTlsEndTest {

    private static final String UNTIL_CLOSE = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n";

    @TempDir
    static Path folder;

    private static TestKeys keys;

    private final Harness http = new Harness();
    private final AtomicInteger connections = new AtomicInteger();

    @BeforeAll
    static void makeKeys() throws Exception {
        keys = TestKeys.make(folder, "localhost");
    }

    @AfterEach
    void nothingIsLeft() {
        http.close();
    }

    private void responds(Consumer<NetSocket> response) {
        var options = new NetServerOptions()
                .setHost("127.0.0.1")
                .setPort(0)
                .setSsl(true)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .setCertPath(keys.cert().toString())
                        .setKeyPath(keys.key().toString()));
        int port = Harness.await(http.vertx
                        .createNetServer(options)
                        .connectHandler(socket -> {
                            connections.incrementAndGet();
                            socket.handler(request -> response.accept(socket));
                        })
                        .listen())
                .actualPort();
        http.source(
                "http", "https://localhost:" + port, "tls.trust", keys.cert().toString(), "protocol", "http1");
    }

    /** Closes the connection under TLS, as somebody on the way would. */
    private static void cut(NetSocket socket) {
        ((NetSocketInternal) socket)
                .channelHandlerContext()
                .pipeline()
                .firstContext()
                .close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"partial", ""})
    void cutWithoutCloseNotify_isABadResponse(String body) {
        responds(socket -> socket.write(UNTIL_CLOSE + body).onSuccess(written -> cut(socket)));
        MusterException e = http.fail(Step.get("/"));
        assertThat(e.type()).isEqualTo(ErrorType.BAD_RESPONSE);
        assertThat(e.detail()).contains("the answer breaks off after " + body.length() + " bytes of its body");
    }

    @Test
    void closedByCloseNotify_isWhole() {
        responds(socket -> socket.end(io.vertx.core.buffer.Buffer.buffer(UNTIL_CLOSE + "whole")));
        assertThat(http.run(Step.get("/"))).isEqualTo("whole");
    }

    @Test
    void cutBehindABodyWithALength_isWhole() {
        responds(socket -> socket.write("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwhole")
                .onSuccess(written -> cut(socket)));
        assertThat(http.run(Step.get("/"))).isEqualTo("whole");
    }

    @Test
    void cutWithinChunks_isABadResponse() {
        responds(socket -> socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nwhole\r\n")
                .onSuccess(written -> cut(socket)));
        assertThat(http.fail(Step.get("/")).detail()).contains("breaks off after 5 bytes");
    }

    @Test
    void bytesBehindAResponse_closeTheConnection() {
        responds(socket -> socket.write("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwholeHTTP/1.1 200 OK\r\n"
                + "content-length: 4\r\n\r\nevil"));
        assertThat(http.run(Step.get("/"))).isEqualTo("whole");
        assertThat(http.run(Step.get("/"))).isEqualTo("whole");
        assertThat(connections).hasValue(2);
    }

    @Test
    void connection_isUsedAgain() {
        responds(socket -> socket.write("HTTP/1.1 102 Wait\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwhole"));
        for (int i = 0; i < 20; i++) {
            assertThat(http.run(Step.get("/"))).isEqualTo("whole");
        }
        assertThat(connections).hasValue(1);
    }
}
