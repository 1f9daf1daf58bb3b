package dev.muster.connect.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.config.Configuration;
import dev.muster.config.Fields;
import dev.muster.config.Problem;
import dev.muster.config.Problems;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What errors of a source show of its secrets, and of what a server says that was sent one. */
@Timeout(60)
class HttpSecretsTest {

    private static final Map<String, String> ENV =
            Map.of("TOKEN", "t0ken-of-ours", "HOOK", "h00k", "PLAIN", "plain", "PROXY", "pr0xy-password");

    @TempDir
    Path dir;

    private final Harness http = new Harness();

    @AfterEach
    void close() {
        http.close();
    }

    private HttpSettings settings(String words) {
        try {
            Files.writeString(dir.resolve("muster.yaml"), "sources: {shop: " + words + "}\n");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        Configuration configuration = Configuration.load(dir, true, Set.of("http"), ENV::get);
        var problems = new Problems();
        HttpSettings settings = HttpSettings.read(
                new Fields(configuration.sources().get("shop").mapping(), "the source \"shop\"", problems));
        assertThat(problems.list()).extracting(Problem::toString).isEmpty();
        return settings;
    }

    private int echoes(int status) {
        return http.serve(request -> request.body()
                        .onSuccess(body -> request.response()
                                .setStatusCode(status)
                                .end("no such " + request.getHeader("authorization") + " " + request.path() + " "
                                        + body)))
                .actualPort();
    }

    @Test
    void addressWithASecret_isHiddenByItsPlace() {
        int port = echoes(500);
        http.source(settings("{http: 'http://localhost:" + port + "/hooks/${secret:HOOK}/v1', trace: false}"));
        MusterException e = http.fail(Step.get("/h00k/items"));
        assertThat(e.detail())
                .startsWith("GET http://localhost:" + port + "/hooks/***/v1/h00k/items: status 500, expected 2xx");
        MusterException outside = http.fail(Step.get("http://localhost:" + port + "/elsewhere"));
        assertThat(outside.detail())
                .contains("/elsewhere, which is not below http://localhost:" + port + "/hooks/***/v1");
    }

    @Test
    void addressWithoutASecret_isShownAsItIs() {
        int port = echoes(500);
        http.source(settings("{http: 'http://localhost:" + port + "/h00k/${env:PLAIN}',"
                + " headers: {x-token: '${secret:HOOK}'}}"));
        assertThat(http.fail(Step.get("/x")).detail())
                .startsWith("GET http://localhost:" + port + "/h00k/plain/x: status");
    }

    @Test
    void hostWithASecret_isHiddenInWhatIsSaidOfItsConnection() {
        http.source(settings("{http: 'http://${secret:HOOK}.invalid:81', connectTimeout: 1m}"));
        MusterException e = http.fail(Step.get("/x"));
        assertThat(e.type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(e.detail()).isEqualTo("the name of ***.invalid:81 cannot be resolved");
    }

    @Test
    void serverThatRepeatsTheSecret_isNotQuoted() {
        http.source(settings(
                "{http: 'http://localhost:" + echoes(401) + "', headers: {authorization: 'Bearer ${secret:TOKEN}'}}"));
        MusterException e = http.fail(Step.get("/x"));
        assertThat(e.detail())
                .contains("status 401, expected 2xx; its body is not quoted, as this source sends secrets")
                .doesNotContain("t0ken-of-ours");
    }

    @Test
    void guessThatTheServerRepeats_tellsNothing() {
        http.source(
                settings("{http: 'http://localhost:" + echoes(422) + "', headers: {x-api-key: '${secret:TOKEN}'}}"));
        Consumer<String> same = guess -> assertThat(
                        http.fail(Step.of("post", "/x").value("body", guess)).detail())
                .as(guess)
                .endsWith("/x: status 422, expected 2xx; its body is not quoted, as this source sends secrets"
                        + " (dev.muster.connect.http.UnexpectedStatus at debug logs it, or read it with as: response)");
        List.of("t0ken-of-ours", "t0ken-of-theirs").forEach(same);
    }

    @Test
    void sourceWithoutSecrets_quotesTheServer_andLeavesWhatLooksLikeOne() {
        http.source(
                settings("{http: 'http://localhost:" + echoes(422) + "', headers: {accept-language: '${env:PLAIN}'}}"));
        assertThat(http.fail(Step.of("post", "/x").value("body", "plain t0ken-of-ours"))
                        .detail())
                .contains("no such null /x \"plain t0ken-of-ours\"");
    }

    @Test
    void otherWordsOfTheServer_areNotQuotedEither() {
        String headers = "', headers: {x-api-key: '${secret:TOKEN}'}}";
        List<Consumer<HttpServerRequest>> answers = List.of(
                request -> request.response()
                        .putHeader("content-encoding", request.getHeader("x-api-key"))
                        .end("x"),
                request -> request.response()
                        .putHeader("content-type", "text/plain; charset=" + request.getHeader("x-api-key"))
                        .end("x"),
                request -> request.response()
                        .putHeader("content-type", "application/json")
                        .end("{\"" + request.getHeader("x-api-key") + "\": 1, \"" + request.getHeader("x-api-key")
                                + "\": 2}"),
                request -> request.response()
                        .setStatusCode(302)
                        .putHeader("location", "http://elsewhere.example/" + request.getHeader("x-api-key"))
                        .end());
        for (Consumer<HttpServerRequest> answer : answers) {
            int port = http.serve(answer::accept).actualPort();
            http.source(settings("{http: 'http://localhost:" + port + headers));
            MusterException e = http.fail(Step.get("/x"));
            assertThat(e.type()).isEqualTo(ErrorType.BAD_RESPONSE);
            assertThat(e.detail()).contains("…").doesNotContain("t0ken-of-ours");
            Harness.await(http.connector().close());
        }
    }

    @Test
    void serverThatSpeaksNoHttp_isNotQuoted() {
        int port = http.serveRaw(socket -> socket.handler(bytes -> socket.write("t0ken-of-ours t0ken-of-ours\r\n\r\n")))
                .actualPort();
        http.source(settings("{http: 'http://localhost:" + port + "', headers: {cookie: '${secret:TOKEN}'}}"));
        assertThat(http.fail(Step.get("/x")).detail()).doesNotContain("t0ken-of-ours");
    }

    @Test
    void proxyThatRepeatsItsPassword_isQuotedWithoutIt() {
        int port = http.serveRaw(socket -> socket.handler(
                        bytes -> socket.write("HTTP/1.1 407 pr0xy-password is wrong\r\ncontent-length: 0\r\n\r\n")))
                .actualPort();
        http.source(
                settings("{http: 'https://shop.example', proxy: 'http://me:${secret:PROXY}@127.0.0.1:" + port + "'}"));
        assertThat(http.fail(Step.get("/x")).detail())
                .contains("the proxy 127.0.0.1:" + port + " opens no connection to shop.example:443")
                .doesNotContain("pr0xy-password");
    }

    @Test
    void transferCodingThatRepeatsTheSecret_isNotQuoted() {
        int port = http.serveRaw(socket -> socket.handler(asked -> socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: "
                        + asked.toString().replaceAll("(?is).*x-api-key: ([^\r]*).*", "$1") + "\r\n\r\n0\r\n\r\n")))
                .actualPort();
        http.source(settings("{http: 'http://localhost:" + port + "', headers: {x-api-key: '${secret:TOKEN}'}}"));
        MusterException e = http.fail(Step.get("/x"));
        assertThat(e.type()).isEqualTo(ErrorType.BAD_RESPONSE);
        assertThat(e.detail()).endsWith("/x: the answer has the transfer coding …, which was not requested");
    }

    @Test
    void addressOfARedirect_isNotQuotedInWhatItEndsWith() {
        int port = http.serve(request -> {
                    if (request.path().equals("/x")) {
                        request.response()
                                .setStatusCode(302)
                                .putHeader("location", "/" + request.getHeader("x-api-key"))
                                .end();
                    } else {
                        request.response().setStatusCode(500).end();
                    }
                })
                .actualPort();
        http.source(settings("{http: 'http://localhost:" + port + "', headers: {x-api-key: '${secret:TOKEN}'}}"));
        assertThat(http.fail(Step.get("/x")).detail()).isEqualTo("GET …: status 500, expected 2xx");
    }

    @Test
    void hostOfARedirect_isNotQuoted() {
        int port = http.serve(request -> request.response()
                        .setStatusCode(302)
                        .putHeader(
                                "location",
                                request.path().equals("/name")
                                        ? "http://" + request.getHeader("x-api-key") + ".invalid/"
                                        : "http://10.1.2.3/" + request.getHeader("x-api-key"))
                        .end())
                .actualPort();
        http.source(settings(
                "{http: any, allow: [127.0.0.0/8], connectTimeout: 1m," + " headers: {x-api-key: '${secret:TOKEN}'}}"));
        for (String path : List.of("/name", "/address")) {
            MusterException e = http.fail(Step.computed("get", "http://127.0.0.1:" + port + path));
            assertThat(e.type()).isIn(ErrorType.UNAVAILABLE, ErrorType.DENIED);
            assertThat(e.detail()).contains("…").doesNotContain("t0ken-of-ours").doesNotContain("10.1.2.3");
        }
    }

    @Test
    void certificateOnceARequestIsSent_isNotQuoted() {
        HttpSettings settings = settings("{http: 'https://localhost:1', headers: {x-api-key: '${secret:TOKEN}'}}");
        var source = new HttpSource("shop", settings, http.vertx, EgressGuard.resolver(http.vertx));
        HttpRequest request = HttpRequest.of(
                HttpMethod.GET,
                Address.parse("https://localhost:1/x"),
                HttpHeaders.headers(),
                HttpRequest.NO_BODY,
                settings,
                false,
                false);
        for (Exception cause : List.of(new CertificateException("t0ken-of-ours"), new SSLException("t0ken-of-ours"))) {
            MusterException e = HttpErrors.answering(new SSLException("no", cause), request, source);
            assertThat(e.type()).isEqualTo(ErrorType.UNAVAILABLE);
            assertThat(e.detail()).startsWith("TLS with localhost:1 failed: ").endsWith("…");
        }
        http.source(settings);
    }
}
