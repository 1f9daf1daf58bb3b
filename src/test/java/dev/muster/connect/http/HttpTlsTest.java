package dev.muster.connect.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.PemTrustOptions;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said in TLS before HTTP begins, and what its failures say. */
class HttpTlsTest {

    @TempDir
    static Path folder;

    private static TestKeys keys;
    private static TestKeys mine;

    private final Harness http = new Harness();
    private final List<String> names = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void makeKeys() throws Exception {
        keys = TestKeys.make(folder, "localhost");
        mine = TestKeys.make(folder, "me");
    }

    @AfterEach
    void nothingIsLeft() {
        http.close();
    }

    /** A server with a certificate of its own, which notes the name that it was asked for. */
    private HttpServer server(HttpServerOptions options) {
        return http.serve(options.setSni(true), request -> {
            names.add(String.valueOf(request.connection().indicatedServerName()));
            request.response().end(request.authority().host());
        });
    }

    private String[] at(String host, HttpServer server, String... words) {
        var all = new ArrayList<>(List.of("http", "https://" + host + ":" + server.actualPort()));
        all.addAll(List.of(words));
        return all.toArray(String[]::new);
    }

    @ParameterizedTest
    @CsvSource({"localhost, localhost", "LOCALHOST, localhost", "localhost., localhost", "127.0.0.1, null"})
    void nameOfOneLabel_isAskedForInTls_andAnAddressIsNot(String host, String asked) {
        http.source(at(host, server(keys.server()), "tls.verify", "false"));
        http.run(Step.get("/"));
        assertThat(names).containsExactly(asked);
    }

    @ParameterizedTest
    @CsvSource({
        "catalog, catalog",
        "a-1, a-1",
        "catalog.internal, catalog.internal",
        "catalog.internal., catalog.internal",
        "my_service, null",
        "a.my_service.x, null"
    })
    void nameThatTlsCanSay_isAskedFor_andOthersAreReachedWithoutOne(String host, String asked) throws Exception {
        HttpServer server = server(keys.server());
        InetAddress here = InetAddress.getByName("127.0.0.1");
        http.any(name -> Future.succeededFuture(List.of(here)), "tls.verify", "false", "allow[]", "127.0.0.0/8");
        http.run(Step.computed("get", "https://" + host + ":" + server.actualPort() + "/"));
        assertThat(names).containsExactly(asked);
    }

    @Test
    void certificateOfANameOfOneLabel_isStillChecked() throws Exception {
        TestKeys other = TestKeys.make(folder, "other.example");
        http.source(at(
                "localhost", server(other.server()), "tls.trust", other.cert().toString()));
        MusterException e = http.fail(Step.get("/"));
        assertThat(e.type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(e.detail()).endsWith("its certificate is for another name");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void http2AloneOverTls_neverFallsBack(boolean asks) {
        HttpServer server = server(keys.server().setUseAlpn(false));
        http.source(at(
                "localhost",
                server,
                "protocol",
                "http2",
                "tls.trust",
                keys.cert().toString()));
        Step step = asks ? Step.get("/") : Step.of("post", "/").value("body", 1L);
        MusterException e = http.fail(step);
        assertThat(e.type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(e.detail())
                .isEqualTo("localhost:" + server.actualPort()
                        + " does not agree on HTTP/2 (ALPN), and source shop requires it (protocol: http2)");
        assertThat(names).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void missingCertificateOfOurs_isUnavailable(String version) {
        HttpServer server = server(wantingCertificates(version));
        http.source(at("localhost", server, "tls.trust", keys.cert().toString()));
        MusterException e = http.fail(Step.get("/"));
        assertThat(e.type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(names).isEmpty();
        // A server may close before its alert is read.
        assertThat(e.detail()).containsAnyOf("a client certificate", "closed the connection without an answer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void certificateOfOursThatIsRefused_isUnavailable(String version) {
        HttpServer server = server(wantingCertificates(version));
        http.source(at(
                "localhost",
                server,
                "tls.trust",
                keys.cert().toString(),
                "tls.cert",
                mine.cert().toString(),
                "tls.key",
                mine.key().toString()));
        MusterException e = http.fail(Step.get("/"));
        assertThat(e.type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(names).isEmpty();
        assertThat(e.detail())
                .containsAnyOf(
                        "rejects the client certificate (tls.cert of source shop)",
                        "closed the connection without an answer");
    }

    private static HttpServerOptions wantingCertificates(String version) {
        return keys.server()
                .setClientAuth(ClientAuth.REQUIRED)
                .setTrustOptions(new PemTrustOptions().addCertPath(keys.cert().toString()))
                .setEnabledSecureTransportProtocols(Set.of(version));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n"})
    void whatSpeaksNoTls_isNamedSo(String said) {
        NetServer plain = http.serveRaw(socket -> socket.handler(hello -> socket.end(Buffer.buffer(said))));
        http.source("http", "https://localhost:" + plain.actualPort());
        MusterException e = http.fail(Step.get("/"));
        assertThat(e.type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(e.detail()).isEqualTo("TLS with localhost:" + plain.actualPort() + " failed: it does not speak TLS");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi",
                "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
                "SSH-2.0-OpenSSH_9.2\r\n",
                ""
            })
    void proxyThatIsNone_isNamed(String said) {
        NetServer none = http.serveRaw(socket -> socket.handler(connect -> socket.end(Buffer.buffer(said))));
        for (String kind : List.of("http", "socks5", "socks4")) {
            http.source("http", "https://shop.invalid", "proxy", kind + "://localhost:" + none.actualPort());
            MusterException e = http.fail(Step.get("/"));
            assertThat(e.type()).as(kind).isEqualTo(ErrorType.UNAVAILABLE);
            assertThat(e.detail())
                    .as(kind)
                    .contains("shop.invalid:443")
                    .contains("proxy localhost:" + none.actualPort())
                    .doesNotContain("Exception");
            Harness.await(http.connector().close());
        }
    }
}
