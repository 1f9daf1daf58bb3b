package dev.muster.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.loop.Loop;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpKeyFetchTest {
    private final Vertx vertx = Vertx.vertx();
    private final Loop loop = Loop.of(vertx);

    @TempDir
    private Path dir;

    @AfterEach
    void closeVertx() throws Exception {
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private int serve(Handler<HttpServerRequest> answer) throws Exception {
        HttpServer server = vertx.createHttpServer().requestHandler(answer);
        return await(server.listen(0, "127.0.0.1")).actualPort();
    }

    private Callers open(int port) throws Exception {
        Callers callers = new Fixture(dir)
                .callers("server: {jwt: {jwks: 'http://127.0.0.1:" + port + "/jwks', issuer: us, audience: muster}}\n"
                        + "callers: {ops: {jwt: {subject: ops}}}\n");
        await(callers.open(vertx, loop));
        return callers;
    }

    private static String failure(Callers callers) {
        return callers.statistics().keysFailure().orElseThrow();
    }

    private static String token() {
        return "Bearer "
                + Issuer.RSA.token("RS256", Map.of("iss", "us", "aud", "muster", "sub", "ops", "exp", 99_999_999_999L));
    }

    @Test
    void fetch_keysOfAnAddress_verifyTokens() throws Exception {
        int port = serve(request -> request.response().end(Issuer.set(Issuer.RSA.jwk())));
        Callers callers = open(port);
        assertThat(await(callers.identify(token())).name()).isEqualTo("ops");
        await(callers.close());
        await(callers.close());
    }

    @Test
    void fetch_nobodyThere_opensAllTheSame() throws Exception {
        HttpServer server = vertx.createHttpServer().requestHandler(request -> {});
        int port = await(server.listen(0, "127.0.0.1")).actualPort();
        await(server.close());
        Callers callers = open(port);
        assertThat(failure(callers)).containsIgnoringCase("refused");
        assertThat(callers.identify(token()).toCompletionStage().toCompletableFuture())
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .withCauseInstanceOf(KeysUnavailableException.class);
        await(callers.close());
    }

    @Test
    void fetch_redirectsAndErrors_areNotFollowed() throws Exception {
        int good = serve(request -> request.response().end(Issuer.set(Issuer.RSA.jwk())));
        int port = serve(request -> request.response()
                .setStatusCode(302)
                .putHeader("location", "http://127.0.0.1:" + good + "/")
                .end());
        Callers callers = open(port);
        assertThat(failure(callers)).isEqualTo("the answer is 302, not 200");
        await(callers.close());
    }

    @Test
    void fetch_answerWithoutEnd_isCutAtTheBound() throws Exception {
        Promise<Void> gone = Promise.promise();
        int port = serve(request -> {
            request.response().setChunked(true).exceptionHandler(cut -> {}).closeHandler(closed -> gone.tryComplete());
            pour(request);
        });
        Callers callers = open(port);
        assertThat(failure(callers)).isEqualTo("the answer is longer than 1048576 bytes");
        await(gone.future());
        await(callers.close());
    }

    private static void pour(HttpServerRequest request) {
        request.response().write(Buffer.buffer(new byte[100_000])).onSuccess(sent -> pour(request));
    }

    @Test
    void close_whileFetching_leavesNothingRunning() throws Exception {
        Promise<Void> asked = Promise.promise();
        Promise<Void> gone = Promise.promise();
        int port = serve(request -> {
            request.connection().closeHandler(closed -> gone.tryComplete());
            asked.tryComplete();
        });
        Callers callers = new Fixture(dir)
                .callers("server: {jwt: {jwks: 'http://127.0.0.1:" + port + "/', issuer: us, audience: muster}}\n"
                        + "callers: {ops: {jwt: {subject: ops}}}\n");
        Future<Void> opened = callers.open(vertx, loop);
        await(asked.future());
        await(callers.close());
        await(opened);
        await(gone.future());
    }

    @Test
    void identify_thatWaits_completesOnTheContextThatAsked() throws Exception {
        Promise<HttpServerRequest> asked = Promise.promise();
        int port = serve(asked::tryComplete);
        Callers callers = new Fixture(dir)
                .callers("server: {jwt: {jwks: 'http://127.0.0.1:" + port + "/', issuer: us, audience: muster}}\n"
                        + "callers: {ops: {jwt: {subject: ops}}}\n");
        callers.open(vertx, loop);
        HttpServerRequest request = await(asked.future());
        Context context = vertx.getOrCreateContext();
        var on = new CompletableFuture<Context>();
        context.runOnContext(ignored -> {
            callers.identify(token()).onComplete(ended -> on.complete(Vertx.currentContext()));
            request.response().end(Issuer.set(Issuer.RSA.jwk()));
        });
        assertThat(on.get(30, TimeUnit.SECONDS)).isSameAs(context);
        await(callers.close());
    }
}
