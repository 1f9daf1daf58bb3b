package dev.muster.connect.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.CancelReason;
import dev.muster.task.State;
import dev.muster.task.Task;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpVersionsTest {

    @TempDir
    static Path folder;

    private static TestKeys server;
    private static TestKeys other;

    private final Harness http = new Harness();
    private final Set<Object> connections = ConcurrentHashMap.newKeySet();

    @BeforeAll
    static void makeKeys() throws Exception {
        server = TestKeys.make(folder, "localhost");
        other = TestKeys.make(folder, "other.example");
    }

    @AfterEach
    void nothingIsLeft() {
        http.close();
    }

    private HttpServer overTls(TestKeys keys, HttpVersion... versions) {
        var options = keys.server().setUseAlpn(true).setAlpnVersions(List.of(versions));
        return http.serve(options, this::answer);
    }

    private void answer(HttpServerRequest request) {
        connections.add(request.connection());
        request.response().end(request.version() + " " + request.authority().host());
    }

    private String[] source(HttpServer at, String... words) {
        var all = new ArrayList<>(List.of("http", "https://localhost:" + at.actualPort()));
        all.addAll(List.of(words));
        return all.toArray(String[]::new);
    }

    private Object protocol() {
        return ((Map<?, ?>) http.run(Step.get("/").as("response"))).get("protocol");
    }

    @ParameterizedTest
    @CsvSource({
        "auto, HTTP_2, HTTP_1_1, HTTP/2",
        "auto, HTTP_1_1, HTTP_1_1, HTTP/1.1",
        "http1, HTTP_2, HTTP_1_1, HTTP/1.1",
        "http2, HTTP_2, HTTP_1_1, HTTP/2"
    })
    void overTls_versionIsAgreedOn(String protocol, HttpVersion first, HttpVersion second, String expected) {
        HttpServer at = overTls(server, first, second);
        http.source(source(at, "protocol", protocol, "tls.trust", server.cert().toString()));
        assertThat(protocol()).isEqualTo(expected);
    }

    @Test
    void http2OnlyWithAServerThatHasNone_isUnavailable() {
        HttpServer at = overTls(server, HttpVersion.HTTP_1_1);
        http.source(source(at, "protocol", "http2", "tls.trust", server.cert().toString()));
        MusterException e = http.fail(Step.get("/"));
        assertThat(e.type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(e.detail()).contains("localhost:" + at.actualPort());
    }

    @Test
    void http2WithoutTls_isSpokenByPriorKnowledgeOverOneConnection() {
        http.source(http.serve(this::answer), "protocol", "http2");
        List<Task<Object>> tasks = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            tasks.add(http.start(Step.get("/")));
        }
        tasks.forEach(task -> assertThat(Harness.await(task.future())).isEqualTo("HTTP_2 localhost"));
        assertThat(connections).hasSize(1);
    }

    @Test
    void http2ServerWithFewStreams_othersWaitAndCanBeCancelled() {
        var waiting = new LinkedBlockingQueue<HttpServerRequest>();
        var options = new HttpServerOptions().setInitialSettings(new Http2Settings().setMaxConcurrentStreams(1));
        http.source(http.serve(options, waiting::add), "protocol", "http2", "connectTimeout", "1m");
        Task<Object> first = http.start(Step.get("/first"));
        HttpServerRequest seen = take(waiting);
        Task<Object> gone = http.start(Step.get("/gone"));
        Task<Object> last = http.start(Step.get("/last"));
        awaitRequests(3);
        gone.cancel(CancelReason.of("test"));
        assertThat(Harness.await(gone.future().otherwiseEmpty())).isNull();
        assertThat(gone.state()).isEqualTo(State.CANCELLED);
        seen.response().end("one");
        assertThat(Harness.await(first.future())).isEqualTo("one");
        HttpServerRequest next = take(waiting);
        if (next.method().equals(HttpMethod.OPTIONS)) {
            next = take(waiting);
        }
        assertThat(next.path()).isEqualTo("/last");
        next.response().end("two");
        assertThat(Harness.await(last.future())).isEqualTo("two");
    }

    /** Until so many requests ask for a connection. */
    private void awaitRequests(int count) {
        var there = new CompletableFuture<Void>();
        http.vertx.setPeriodic(5, timer -> {
            if (http.statistics().requests() == count) {
                there.complete(null);
                http.vertx.cancelTimer(timer);
            }
        });
        Harness.await(there);
    }

    private static HttpServerRequest take(BlockingQueue<HttpServerRequest> from) {
        try {
            HttpServerRequest request = from.poll(30, TimeUnit.SECONDS);
            assertThat(request).isNotNull();
            return request;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void autoWithoutTls_speaksHttp1() {
        http.source(http.serve(this::answer));
        assertThat(protocol()).isEqualTo("HTTP/1.1");
    }

    @Test
    void http2_isDecompressedBoundedAndRedirected() {
        http.source(
                http.serve(new HttpServerOptions().setCompressionSupported(true), request -> {
                    if (request.path().equals("/to")) {
                        request.response()
                                .setStatusCode(302)
                                .putHeader("location", "/b")
                                .end();
                    } else {
                        request.response()
                                .putHeader("content-type", "text/plain")
                                .end("z".repeat(request.path().equals("/b") ? 60_000 : 70_000));
                    }
                }),
                "protocol",
                "http2",
                "maxResponse",
                "64KiB");
        assertThat((String) http.run(Step.get("/to"))).hasSize(60_000);
        assertThat(http.fail(Step.get("/c")).type()).isEqualTo(ErrorType.LIMIT);
    }

    @Test
    void strangersCertificate_isNotTrusted() {
        http.source(source(overTls(server, HttpVersion.HTTP_1_1)));
        MusterException e = http.fail(Step.get("/"));
        assertThat(e.type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(e.detail()).endsWith("failed: its certificate is not trusted (tls.trust of the source)");
    }

    @Test
    void certificateOfAnotherName_isRefused() {
        http.source(source(
                overTls(other, HttpVersion.HTTP_1_1), "tls.trust", other.cert().toString()));
        assertThat(http.fail(Step.get("/")).detail()).endsWith("failed: its certificate is for another name");
    }

    @Test
    void verifyOff_takesAnyCertificate() {
        http.source(source(overTls(other, HttpVersion.HTTP_1_1), "tls.verify", "false"));
        assertThat(http.run(Step.get("/"))).isEqualTo("HTTP_1_1 localhost");
    }

    @Test
    void serverThatWantsACertificate_getsOurs() {
        HttpServer at = http.serve(
                server.server()
                        .setClientAuth(ClientAuth.REQUIRED)
                        .setTrustOptions(
                                new PemTrustOptions().addCertPath(other.cert().toString())),
                this::answer);
        http.source(source(
                at,
                "tls.trust",
                server.cert().toString(),
                "tls.cert",
                other.cert().toString(),
                "tls.key",
                other.key().toString()));
        assertThat(http.run(Step.get("/"))).isEqualTo("HTTP_1_1 localhost");
    }
}
