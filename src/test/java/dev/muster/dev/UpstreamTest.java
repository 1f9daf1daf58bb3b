package dev.muster.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each fault, seen from a plain client, over both versions of HTTP. */
class UpstreamTest {
    private static Vertx vertx;

    private final List<HttpClient> clients = new ArrayList<>();
    private Upstream upstream;

    private enum Version {
        HTTP_1_1(HttpVersion.HTTP_1_1, "HTTP/1.1"),
        HTTP_2(HttpVersion.HTTP_2, "HTTP/2");

        private final HttpVersion version;
        private final String name;

        Version(HttpVersion version, String name) {
            this.version = version;
            this.name = name;
        }
    }

    private record Answer(int status, Map<String, String> headers, String body) {
        Object json() {
            return Json.parse(body);
        }
    }

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterEach
    void end() throws Exception {
        for (HttpClient client : clients) {
            await(client.close());
        }
        await(upstream.close());
    }

    @AfterAll
    static void stop() throws Exception {
        await(vertx.close());
    }

    @ParameterizedTest
    @EnumSource
    void body_filledFromPathQueryAndProtocol(Version version) throws Exception {
        serve("GET /items/{id}: {headers: {X-Item: 'no. {id}'}, body: {id: '{id}', name: 'item {id}', "
                + "of: '{shop}', none: '{none}', by: '{protocol}', many: [1.50, '{id}', true]}}");

        Answer answer = get(version, "/items/7?shop=corner");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers()).containsEntry("x-item", "no. 7").containsEntry("content-type", "application/json");
        assertThat(answer.body())
                .isEqualTo("{\"id\":7,\"name\":\"item 7\",\"of\":\"corner\",\"none\":null,\"by\":\"" + version.name
                        + "\",\"many\":[1.50,7,true]}");
    }

    @Test
    void body_ofTheRequest_comesBackWhereTheRouteSaysSo() throws Exception {
        serve("POST /orders: {status: 201, body: {got: '{body}'}}");

        Answer answer = send(Version.HTTP_1_1, HttpMethod.POST, "/orders", "{\"id\":1}");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.body()).isEqualTo("{\"got\":{\"id\":1}}");
    }

    @Test
    void body_tooLarge_isRefused() throws Exception {
        serve("POST /orders: {body: {}}");

        assertThat(send(Version.HTTP_1_1, HttpMethod.POST, "/orders", "x".repeat(1024 * 1024 + 1))
                        .status())
                .isEqualTo(413);
    }

    @Test
    void text_isPlain_andHeadHasNoBody() throws Exception {
        serve("GET /motd: {text: 'hello {who}'}");

        assertThat(get(Version.HTTP_1_1, "/motd?who=you").body()).isEqualTo("hello you");
        assertThat(send(Version.HTTP_1_1, HttpMethod.HEAD, "/motd", "").body()).isEmpty();
    }

    @Test
    void unknown_pathOrMethod_saysSo() throws Exception {
        serve("GET /here: {}");

        assertThat(get(Version.HTTP_1_1, "/there").status()).isEqualTo(404);
        Answer wrongMethod = send(Version.HTTP_1_1, HttpMethod.DELETE, "/here", "");
        assertThat(wrongMethod.status()).isEqualTo(405);
        assertThat(wrongMethod.headers()).containsEntry("allow", "GET");
        assertThat(get(Version.HTTP_1_1, "/%zz").status()).isEqualTo(400);
        assertThat(upstream.statistics().routes()).containsEntry("none", 2L).containsEntry("GET /here", 0L);
    }

    @Test
    void latency_delaysTheAnswer() throws Exception {
        serve("GET /slow: {latency: 60ms, body: 1}");
        long began = System.nanoTime();

        get(Version.HTTP_1_1, "/slow");

        assertThat(System.nanoTime() - began).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(55));
    }

    @ParameterizedTest
    @EnumSource
    void fail_first_thenOk_countedForEachUrl(Version version) throws Exception {
        serve("GET /x/{id}: {fail: {when: first 2, status: 500, headers: {Retry-After: '1'}, text: no}, body: ok}");

        assertThat(List.of(
                        get(version, "/x/1").status(), get(version, "/x/1").status(),
                        get(version, "/x/2").status(), get(version, "/x/1").status()))
                .containsExactly(500, 500, 500, 200);
    }

    @Test
    void fail_byShare_isTheSameForTheSameSeed() throws Exception {
        String route = "GET /x/{id}: {fail: 50%, body: 1}";
        List<Integer> first = statuses(route);
        await(upstream.close());

        assertThat(statuses(route)).isEqualTo(first).contains(200, 503);
    }

    @ParameterizedTest
    @EnumSource
    void hang_neverAnswers_andTheCallersResetIsSeen(Version version) throws Exception {
        serve("GET /x: {hang: always}");
        HttpClientRequest request = await(client(version).request(HttpMethod.GET, "/x"));
        Future<HttpClientResponse> answer = request.send();
        until(statistics -> statistics.inFlight() == 1);

        request.reset();

        until(statistics -> statistics.resets() == 1 && statistics.inFlight() == 0);
        assertThatThrownBy(() -> await(answer)).isNotNull();
    }

    @ParameterizedTest
    @EnumSource
    void reset_duringLatency_endsTheExchange(Version version) throws Exception {
        serve("GET /x: {latency: 1h, body: 1}");
        HttpClientRequest request = await(client(version).request(HttpMethod.GET, "/x"));
        Future<HttpClientResponse> answer = request.send();
        until(statistics -> statistics.inFlight() == 1);

        request.reset();

        until(statistics -> statistics.resets() == 1 && statistics.inFlight() == 0);
        assertThatThrownBy(() -> await(answer)).isNotNull();
    }

    @ParameterizedTest
    @EnumSource
    void cut_breaksOffInTheMiddle_andIsNoResetOfTheCaller(Version version) throws Exception {
        serve("GET /x: {cut: always, body: {some: text}}");
        HttpClientRequest request = await(client(version).request(HttpMethod.GET, "/x"));
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Buffer received = Buffer.buffer();
        request.response().onComplete(ready -> {
            assertThat(ready.succeeded()).as("the head arrives").isTrue();
            ready.result().handler(received::appendBuffer).exceptionHandler(failure::complete);
        });
        request.end();

        assertThat(failure.get(60, TimeUnit.SECONDS)).isNotNull();
        assertThat("{\"some\":\"text\"}").startsWith(received.toString());
        until(statistics -> statistics.inFlight() == 0);
        assertThat(upstream.statistics().resets()).isZero();
    }

    @Test
    void cut_ofAStream_comesAfterHalfOfTheItems() throws Exception {
        serve("GET /x: {cut: always, stream: {items: 6, every: 0s}, body: '{n}'}");
        HttpClientRequest request = await(client(Version.HTTP_1_1).request(HttpMethod.GET, "/x"));
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Buffer received = Buffer.buffer();
        request.response()
                .onComplete(
                        ready -> ready.result().handler(received::appendBuffer).exceptionHandler(failure::complete));
        request.end();

        assertThat(failure.get(60, TimeUnit.SECONDS)).isNotNull();
        assertThat("1\n2\n3\n").startsWith(received.toString());
    }

    @Test
    void garbage_isNoJsonThoughItSaysSo() throws Exception {
        serve("GET /x: {garbage: always, body: {}}");

        Answer answer = get(Version.HTTP_1_1, "/x");

        assertThat(answer.headers()).containsEntry("content-type", "application/json");
        assertThatThrownBy(answer::json).isInstanceOf(JsonException.class);
    }

    @ParameterizedTest
    @EnumSource
    void slow_dripsPieceByPiece(Version version) throws Exception {
        serve("GET /x: {slow: {bytes: 3, every: 1h}, body: {some: text}}");
        HttpClientRequest request = await(client(version).request(HttpMethod.GET, "/x"));
        CompletableFuture<String> first = new CompletableFuture<>();
        request.response()
                .onSuccess(response -> response.exceptionHandler(ignored -> {})
                        .handler(piece -> first.complete(response.getHeader("content-length") + " " + piece)));
        request.end();

        assertThat(first.get(60, TimeUnit.SECONDS)).isEqualTo("15 {\"s");
        request.reset();
    }

    @ParameterizedTest
    @EnumSource
    void slow_dripsTheWholeBody(Version version) throws Exception {
        serve("GET /x: {slow: {bytes: 3, every: 1ms}, body: {some: text}}");

        assertThat(get(version, "/x").body()).isEqualTo("{\"some\":\"text\"}");
    }

    @ParameterizedTest
    @EnumSource
    void stream_ofItems_isNdjson(Version version) throws Exception {
        serve("GET /log: {stream: {items: 3, every: 1ms}, body: {n: '{n}', of: '{of}'}}");

        assertThat(get(version, "/log?of=a").body())
                .isEqualTo("{\"n\":1,\"of\":\"a\"}\n{\"n\":2,\"of\":\"a\"}\n{\"n\":3,\"of\":\"a\"}\n");
    }

    @ParameterizedTest
    @EnumSource
    void close_ofAConnectionAfterTheAnswer_isNoReset(Version version) throws Exception {
        serve("GET /x: {body: 1}");
        HttpClient client = client(version);
        Future<Void> gone = client.request(HttpMethod.GET, "/x")
                .compose(request -> request.send()
                        .compose(HttpClientResponse::body)
                        .compose(body -> request.connection().close()));
        await(gone);

        until(statistics -> statistics.requests() == 1 && statistics.inFlight() == 0);
        assertThat(upstream.statistics().resets()).isZero();
    }

    @Test
    void stream_withoutAPause_neitherOverflowsTheStackNorOutrunsItsReader() throws Exception {
        serve("GET /log: {stream: {items: 50000, every: 0s}, body: '{n}'}");

        assertThat(get(Version.HTTP_1_1, "/log").body())
                .endsWith("\n49999\n50000\n")
                .hasLineCount(50_000);
    }

    @ParameterizedTest
    @EnumSource
    void stream_endless_endsWithItsCaller(Version version) throws Exception {
        serve("GET /log: {stream: {items: endless, every: 0s}, body: '{n}'}");
        HttpClientRequest request = await(client(version).request(HttpMethod.GET, "/log"));
        CompletableFuture<Void> some = new CompletableFuture<>();
        request.send()
                .onSuccess(response -> response.exceptionHandler(ignored -> {}).handler(piece -> {
                    some.complete(null);
                    request.reset();
                }));
        some.get(60, TimeUnit.SECONDS);

        until(statistics -> statistics.inFlight() == 0 && statistics.resets() == 1);
    }

    @Test
    void statistics_tellTheHighestInFlight_alsoByHttp() throws Exception {
        serve("GET /x: {hang: always}");
        HttpClient client = client(Version.HTTP_1_1);
        List<HttpClientRequest> requests = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            HttpClientRequest request = await(client.request(HttpMethod.GET, "/x"));
            request.send();
            requests.add(request);
        }
        until(statistics -> statistics.inFlight() == 4);
        requests.forEach(HttpClientRequest::reset);
        until(statistics -> statistics.inFlight() == 0);

        assertThat(get(Version.HTTP_1_1, "/_upstream").body())
                .isEqualTo("{\"requests\":4,\"inFlight\":0,\"highestInFlight\":4,\"resets\":4,"
                        + "\"routes\":{\"GET /x\":4}}");
    }

    private List<Integer> statuses(String route) throws Exception {
        serve(route);
        List<Integer> statuses = new ArrayList<>();
        for (int id = 0; id < 20; id++) {
            statuses.add(get(Version.HTTP_1_1, "/x/" + id).status());
        }
        return statuses;
    }

    private void serve(String route) throws Exception {
        upstream = await(new Upstream(vertx, Routes.parse("routes.yaml", "routes:\n  " + route)).listen());
    }

    private HttpClient client(Version version) {
        HttpClient client = vertx.createHttpClient(
                new HttpClientOptions()
                        .setProtocolVersion(version.version)
                        .setHttp2ClearTextUpgrade(false)
                        .setDefaultPort(upstream.port())
                        .setDefaultHost("127.0.0.1"),
                new PoolOptions().setHttp1MaxSize(8));
        clients.add(client);
        return client;
    }

    private Answer get(Version version, String uri) throws Exception {
        return send(version, HttpMethod.GET, uri, "");
    }

    private Answer send(Version version, HttpMethod method, String uri, String body) throws Exception {
        Promise<Answer> answer = Promise.promise();
        // On a context of Vert.x, where nothing can arrive between a response and the call of its body.
        vertx.runOnContext(ignored -> client(version)
                .request(method, uri)
                .compose(request -> body.isEmpty() ? request.send() : request.send(body))
                .compose(response -> response.body().map(whole -> {
                    Map<String, String> headers = new TreeMap<>();
                    response.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
                    return new Answer(response.statusCode(), headers, whole.toString());
                }))
                .onComplete(answer));
        return await(answer.future());
    }

    /** Asks until it is so; the upstream learns of a reset a moment after the client has made it. */
    private void until(Predicate<UpstreamStatistics> expected) throws Exception {
        CompletableFuture<Void> seen = new CompletableFuture<>();
        long timer = vertx.setPeriodic(1, ignored -> {
            if (expected.test(upstream.statistics())) {
                seen.complete(null);
            }
        });
        try {
            seen.get(60, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("still " + upstream.statistics(), e);
        } finally {
            vertx.cancelTimer(timer);
        }
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
