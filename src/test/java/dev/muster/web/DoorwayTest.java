package dev.muster.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.loop.Loop;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DoorwayTest {

    @Test
    void behindTheLastServer_nobodyIsLetIn() throws Exception {
        Vertx vertx = Vertx.builder()
                .withTransport(new GuardedTransport(Transport.NIO))
                .build();
        try {
            HttpServer server = vertx.createHttpServer()
                    .requestHandler(request -> request.response().end("in"))
                    .listen(0, "127.0.0.1")
                    .await();
            Doorway door = Doorway.of(vertx).orElseThrow();
            door.opens(Loop.of(vertx), HttpLimits.DEFAULTS, server.actualPort());
            door.opens(Loop.of(vertx), HttpLimits.DEFAULTS, server.actualPort());
            door.closes();
            assertThat(answer(server.actualPort())).endsWith("in");
            door.closes();
            assertThat(answer(server.actualPort())).isEmpty();
        } finally {
            vertx.close().await();
        }
    }

    private static String answer(int port) {
        try (var caller = new Socket(InetAddress.getLoopbackAddress(), port)) {
            caller.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(caller.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return "";
        }
    }
}
