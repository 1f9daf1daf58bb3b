package dev.muster.connect.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpProxyTest {

    private final Harness http = new Harness();
    // Kept: Vert.x closes the connections of a client that nobody holds any more.
    private final NetClient client = http.vertx.createNetClient();
    private final List<String> seen = new CopyOnWriteArrayList<>();

    @AfterEach
    void nothingIsLeft() {
        http.close();
    }

    /** Answers plain requests itself; opens a tunnel to where {@code CONNECT} says. */
    private NetServer proxy(String answerToConnect) {
        return http.serveRaw(socket -> socket.handler(head -> {
            seen.add(head.toString());
            String target = head.toString().split(" ")[1];
            if (!head.toString().startsWith("CONNECT ")) {
                socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nvia proxy");
            } else if (answerToConnect.contains("200")) {
                tunnel(socket, target, answerToConnect);
            } else {
                socket.write(answerToConnect);
            }
        }));
    }

    private void tunnel(NetSocket socket, String target, String answer) {
        socket.pause();
        int port = Integer.parseInt(target.substring(target.indexOf(':') + 1));
        client.connect(port, "localhost").onSuccess(other -> {
            socket.handler(other::write);
            other.handler(socket::write);
            socket.closeHandler(closed -> other.close());
            other.closeHandler(closed -> socket.close());
            socket.write(Buffer.buffer(answer));
            socket.resume();
        });
    }

    @Test
    void plainRequest_goesToTheProxyWithTheWholeUrl() {
        NetServer proxy = proxy("");
        http.source("http", "http://shop.invalid/v1", "proxy", "http://me:s3cret@localhost:" + proxy.actualPort());
        assertThat(http.run(Step.get("/items"))).isEqualTo("via proxy");
        assertThat(seen.get(0)).startsWith("GET http://shop.invalid/v1/items HTTP/1.1\r\n");
        assertThat(seen.get(0).toLowerCase()).contains("proxy-authorization: basic bwu6cznjcmv0");
    }

    @Test
    void requestOverTls_goesThroughATunnel(@TempDir Path folder) throws Exception {
        TestKeys keys = TestKeys.make(folder, "localhost");
        HttpServer server = http.serve(
                keys.server().setUseAlpn(true), request -> request.response().end(request.version() + request.uri()));
        NetServer proxy = proxy("HTTP/1.1 200 Connection established\r\n\r\n");
        http.source(
                "http", "https://localhost:" + server.actualPort(),
                "proxy", "http://localhost:" + proxy.actualPort(),
                "tls.trust", keys.cert().toString());
        assertThat(http.run(Step.get("/items"))).isEqualTo("HTTP_2/items");
        assertThat(seen).hasSize(1).first().asString().startsWith("CONNECT localhost:" + server.actualPort() + " ");
    }

    @Test
    void proxyThatRefuses_isUnavailableWithoutThePassword() {
        NetServer proxy = proxy("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
        http.source("http", "https://shop.invalid", "proxy", "http://me:s3cret@localhost:" + proxy.actualPort());
        MusterException e = http.fail(Step.get("/"));
        assertThat(e.type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(e.detail())
                .startsWith("the proxy localhost:" + proxy.actualPort() + " opens no connection to shop.invalid:443: ")
                .contains("407")
                .doesNotContain("s3cret");
    }

    @Test
    void proxyThatHangs_endsWithTheConnectTimeout() {
        NetServer proxy = proxy("");
        http.source(
                "http", "https://shop.invalid",
                "proxy", "http://localhost:" + proxy.actualPort(),
                "connectTimeout", "50ms");
        MusterException e = http.fail(Step.get("/"));
        assertThat(e.type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(e.detail())
                .contains("by the proxy localhost:" + proxy.actualPort())
                .contains("connectTimeout");
    }
}
