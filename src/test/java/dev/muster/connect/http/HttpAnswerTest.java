package dev.muster.connect.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpAnswerTest {

    private final Harness http = new Harness();

    @AfterEach
    void nothingIsLeft() {
        http.close();
    }

    private Harness answering(String contentType, byte[] body, String... words) {
        return http.source(
                http.serve(request -> request.response()
                        .putHeader("content-type", contentType)
                        .end(Buffer.buffer(body))),
                words);
    }

    private Harness answering(String contentType, String body) {
        return answering(contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    private static void echo(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            var headers = new StringBuilder();
            request.headers()
                    .forEach(header -> headers.append(header.getKey().toLowerCase())
                            .append(": ")
                            .append(header.getValue())
                            .append('\n'));
            request.response()
                    .putHeader("content-type", "text/plain")
                    .end(request.method() + " " + request.uri() + "\n" + headers + "\n" + body);
        });
    }

    @Test
    void jsonByContentType_givesValue() {
        answering("application/json; charset=utf-8", "{\"id\": 7, \"price\": 1.10}");
        assertThat(http.run(Step.get("/items/7")))
                .isEqualTo(Map.of("id", 7L, "price", new java.math.BigDecimal("1.10")));
    }

    @Test
    void jsonSuffixByContentType_givesValue() {
        answering("application/problem+json", "[1]");
        assertThat(http.run(Step.get("/"))).isEqualTo(List.of(1L));
    }

    @Test
    void otherContentType_givesText() {
        answering("text/html; charset=\"ISO-8859-1\"", "gr\u00fcn".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(http.run(Step.get("/"))).isEqualTo("gr\u00fcn");
    }

    @Test
    void asJson_parsesWhateverTheContentType() {
        answering("text/plain", "{\"a\": null}");
        assertThat(http.run(Step.get("/").as("json"))).isEqualTo(Collections.singletonMap("a", null));
    }

    @Test
    void asText_leavesJsonAsItIs() {
        answering("application/json", "{ \"a\":1}");
        assertThat(http.run(Step.get("/").as("text"))).isEqualTo("{ \"a\":1}");
    }

    @Test
    void asBytes_givesBase64() {
        answering("application/octet-stream", new byte[] {0, (byte) 0xFF, 1});
        assertThat(http.run(Step.get("/").as("bytes"))).isEqualTo("AP8B");
    }

    @Test
    void asResponse_givesStatusHeadersProtocolAndBody() {
        http.source(http.serve(request -> request.response()
                .setStatusCode(201)
                .putHeader("Content-Type", "application/json")
                .putHeader("X-Two", (Iterable<String>) List.of("a", "b"))
                .putHeader("Set-Cookie", (Iterable<String>) List.of("a=1, x", "b=2"))
                .end("[]")));
        @SuppressWarnings("unchecked")
        var value = (Map<String, Object>) http.run(Step.get("/").as("response"));
        assertThat(value)
                .containsEntry("status", 201L)
                .containsEntry("protocol", "HTTP/1.1")
                .containsEntry("body", List.of());
        assertThat(value.get("headers"))
                .isEqualTo(Map.of(
                        "content-type", "application/json",
                        "content-length", "2",
                        "x-two", "a, b",
                        "set-cookie", List.of("a=1, x", "b=2")));
    }

    @Test
    void emptyBody_givesNull() {
        http.source(http.serve(request -> request.response().setStatusCode(204).end()));
        assertThat(http.run(Step.get("/"))).isNull();
        assertThat(http.run(Step.of("delete", "/").as("json"))).isNull();
    }

    @Test
    void head_givesHeadersAndNoBody() {
        http.source(http.serve(request ->
                request.response().putHeader("content-length", "1234567").end()));
        @SuppressWarnings("unchecked")
        var value = (Map<String, Object>) http.run(Step.of("head", "/").as("response"));
        assertThat(value).containsEntry("body", null);
        assertThat(value.get("headers").toString()).contains("content-length=1234567");
        assertThat(http.run(Step.of("head", "/"))).isNull();
    }

    @Test
    void largeJson_isParsedOffTheLoop() {
        int items = 200_000;
        answering("application/json", "[" + "1,".repeat(items - 1) + "1]");
        assertThat((List<?>) http.run(Step.get("/"))).hasSize(items);
    }

    @Test
    void request_carriesQueryHeadersAndBody() {
        http.source(http.serve(HttpAnswerTest::echo), "headers.Authorization", "Bearer s3cret", "headers.X-Old", "old");
        var query = new java.util.LinkedHashMap<String, Object>();
        query.put("q", "a&b c\u00fc");
        query.put("id", Arrays.asList(1L, null, 2L));
        query.put("none", null);
        String seen = (String) http.run(Step.of("post", "/items/{id}?x=1")
                .args("id", "a/b c")
                .value("query", query)
                .value("headers", Map.of("x-old", "new", "X-Many", List.of("1", "2")))
                .value("body", Map.of("a", List.of(1L, true))));
        assertThat(seen)
                .startsWith("POST /items/a%2Fb%20c?x=1&q=a%26b%20c%C3%BC&id=1&id=2\n")
                .endsWith("\n{\"a\":[1,true]}")
                .contains("content-type: application/json\n", "user-agent: muster\n", "accept: application/json, */*")
                .contains("authorization: Bearer s3cret\n", "x-old: new\n", "x-many: 1\nx-many: 2\n")
                .contains("content-length: 14\n")
                .doesNotContain("x-old: old");
    }

    @Test
    void textWithContentType_goesAsItIs() {
        http.source(http.serve(HttpAnswerTest::echo));
        String seen = (String) http.run(Step.of("put", "/")
                .value("headers", Map.of("Content-Type", "text/csv"))
                .value("body", "a,b\n"));
        assertThat(seen).endsWith("\n\na,b\n").contains("content-type: text/csv");
    }

    @Test
    void textWithoutContentType_goesAsJson() {
        http.source(http.serve(HttpAnswerTest::echo));
        assertThat((String) http.run(Step.of("post", "/").value("body", "a"))).endsWith("\n\n\"a\"");
    }

    @Test
    void postWithoutBody_saysItsLength() {
        http.source(http.serve(HttpAnswerTest::echo));
        assertThat((String) http.run(Step.of("post", "/"))).contains("content-length: 0\n");
    }

    @Test
    void wrongStatus_failsWithStatusAndBeginningOfBody() {
        http.source(http.serve(request -> request.response()
                .setStatusCode(503)
                .putHeader("Retry-After", "7")
                .end("\u001b[31mdown\r\n\t for   maintenance " + "x".repeat(500))));
        MusterException e = http.fail(Step.get("/items"));
        assertThat(e.type()).isEqualTo(ErrorType.BAD_RESPONSE);
        assertThat(e.more()).containsEntry("status", 503L).containsEntry("retryAfterMillis", 7_000L);
        assertThat(e.detail())
                .contains("GET http://localhost:")
                .contains("/items: status 503, expected 2xx: [31mdown for maintenance xxx")
                .endsWith("…")
                .hasSizeLessThan(300);
    }

    @Test
    void retryAfterDate_isTurnedIntoTime() {
        String date = java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME.format(
                java.time.ZonedDateTime.now(java.time.ZoneOffset.UTC).plusSeconds(100));
        http.source(http.serve(request -> request.response()
                .setStatusCode(429)
                .putHeader("Retry-After", date)
                .end()));
        assertThat((Long) http.fail(Step.get("/")).more().get("retryAfterMillis"))
                .isBetween(60_000L, 100_000L);
    }

    @Test
    void longErrorBody_isNotReadToItsEnd() {
        http.source(http.serve(
                request -> endless(request.response().setStatusCode(500).setChunked(true))));
        MusterException e = http.fail(Step.get("/"));
        assertThat(e.more()).containsEntry("status", 500L);
    }

    private static void endless(io.vertx.core.http.HttpServerResponse response) {
        Buffer piece = Buffer.buffer("y".repeat(8_192));
        response.write(piece).onSuccess(written -> endless(response));
    }

    @Test
    void expectedStatus_isASuccess() {
        http.source(http.serve(request -> request.response().setStatusCode(404).end("nothing here")));
        assertThat(http.run(Step.get("/").expect("2xx", "404"))).isEqualTo("nothing here");
        assertThat(http.fail(Step.get("/").expect("2xx", "41x")).more()).containsEntry("status", 404L);
    }

    @Test
    void addressOfIpVersion6_isAskedWithItsBrackets() {
        var options = new HttpServerOptions().setHost("::1").setPort(0);
        var server = Harness.await(http.vertx
                .createHttpServer(options)
                .requestHandler(request -> request.response().end(request.getHeader("host")))
                .listen());
        http.source("http", "http://[::1]:" + server.actualPort());
        assertThat(http.run(Step.get("/"))).isEqualTo("[::1]:" + server.actualPort());
    }

    @Test
    void compressedAnswer_isDecompressed() {
        Set<String> encodings = ConcurrentHashMap.newKeySet();
        http.source(http.serve(new HttpServerOptions().setCompressionSupported(true), request -> {
            encodings.add(String.valueOf(request.getHeader("accept-encoding")));
            request.response().putHeader("content-type", "text/plain").end("z".repeat(100_000));
        }));
        @SuppressWarnings("unchecked")
        var value = (Map<String, Object>) http.run(Step.get("/").as("response"));
        assertThat((String) value.get("body")).hasSize(100_000);
        assertThat(encodings.toString()).contains("gzip");
    }

    @Test
    void compressionOff_isNotAskedFor() {
        http.source(http.serve(HttpAnswerTest::echo), "compression", "false");
        assertThat((String) http.run(Step.get("/"))).doesNotContain("accept-encoding");
    }

    @Test
    void compressionThatNobodyAskedFor_isRefused() {
        http.source(
                http.serve(request ->
                        request.response().putHeader("content-encoding", "gzip").end("not shown")),
                "compression",
                "false");
        assertThat(http.fail(Step.get("/")).detail()).endsWith("compressed as gzip, which was not requested");
    }

    @Test
    void keepAlive_usesOneConnectionAgain() {
        Set<Object> connections = ConcurrentHashMap.newKeySet();
        http.source(http.serve(request -> {
            connections.add(request.connection());
            request.response().end("ok");
        }));
        for (int i = 0; i < 20; i++) {
            http.run(Step.get("/"));
        }
        assertThat(connections).hasSize(1);
        assertThat(http.statistics().requests()).isEqualTo(20);
    }

    @Test
    void keepAliveOff_opensOneForEach() {
        Set<Object> connections = ConcurrentHashMap.newKeySet();
        http.source(
                http.serve(request -> {
                    connections.add(request.connection());
                    request.response().end("ok");
                }),
                "keepAlive",
                "false");
        for (int i = 0; i < 3; i++) {
            http.run(Step.get("/"));
        }
        assertThat(connections).hasSize(3);
    }

    @Test
    void refusedStatus_leavesTheConnectionForOthers() {
        List<Object> connections = Collections.synchronizedList(new ArrayList<>());
        http.source(http.serve(request -> {
            connections.add(request.connection());
            request.response().setStatusCode(404).end("no");
        }));
        http.fail(Step.get("/"));
        http.fail(Step.get("/"));
        assertThat(connections.get(0)).isSameAs(connections.get(1));
    }

    @Test
    void openedInAVerticle_outlivesIt() {
        answering("text/plain", "ok");
        String id = Harness.await(http.vertx.deployVerticle(new io.vertx.core.VerticleBase() {
            @Override
            public io.vertx.core.Future<?> start() {
                var inside = dev.muster.task.Tasks.on(dev.muster.loop.Loop.of(context));
                return http.start(inside, Step.get("/")).future();
            }
        }));
        Harness.await(http.vertx.undeploy(id));
        assertThat(http.run(Step.get("/"))).isEqualTo("ok");
    }
}
