package dev.muster.node;

import static dev.muster.Soon.soon;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An upstream over HTTP/1.1 and HTTP/2 that holds every request until a test answers it, and knows when its caller has left: by
 * closing the connection, or by resetting the stream. Safe on every thread.
 */
final class HeldRequests implements AutoCloseable {

    private static final Answer REST = new Answer(200, "1");

    private final Vertx vertx = Vertx.vertx();
    private final Context loop = vertx.getOrCreateContext();
    private final HttpServer server;
    private final Map<String, Held> held = new ConcurrentHashMap<>();
    private volatile boolean answersAll;

    /** What becomes of the requests for one path; their answer may be given before they come. */
    private static final class Held {
        final CompletableFuture<HttpServerRequest> arrived = new CompletableFuture<>();
        final CompletableFuture<Long> leftNanos = new CompletableFuture<>();
        final CompletableFuture<Answer> answer = new CompletableFuture<>();
    }

    private record Answer(int status, String body) {}

    HeldRequests() {
        // Started on the loop, so that this one serves all connections.
        Promise<HttpServer> started = Promise.promise();
        loop.runOnContext(turn -> vertx.createHttpServer(
                        new HttpServerOptions().setHost("127.0.0.1").setPort(0))
                .requestHandler(this::hold)
                .listen()
                .onComplete(started));
        server = soon(started.future());
    }

    String address() {
        return "http://127.0.0.1:" + server.actualPort();
    }

    /** Waits until a request for this path has come. */
    void await(String path) {
        soon(at(path).arrived);
    }

    /**
     * Whether a request for this path has come, is not answered, and its caller is there. The server's loop finishes its turn first:
     * it may see a later request on another connection before the end of this one.
     */
    boolean isOpen(String path) {
        Held here = at(path);
        Promise<Void> turn = Promise.promise();
        loop.runOnContext(ran -> turn.complete());
        soon(turn.future());
        return here.arrived.isDone() && !here.answer.isDone() && !here.leftNanos.isDone();
    }

    /** Waits until the caller of a request has left; the time of that. */
    long leftNanos(String path) {
        return soon(at(path).leftNanos);
    }

    /** Answers the requests for this path, those to come too. */
    void answer(String path, int status, String body) {
        at(path).answer.complete(new Answer(status, body));
    }

    /** Answers all that came and will come. */
    void answerAll() {
        answersAll = true;
        held.values().forEach(here -> here.answer.complete(REST));
    }

    @Override
    public void close() {
        soon(vertx.close());
    }

    private Held at(String path) {
        return held.computeIfAbsent(path, it -> new Held());
    }

    private void hold(HttpServerRequest request) {
        Held here = at(request.path());
        if (answersAll) {
            here.answer.complete(REST);
        }
        var response = request.response();
        response.exceptionHandler(reset -> here.leftNanos.complete(System.nanoTime()));
        response.closeHandler(closed -> here.leftNanos.complete(System.nanoTime()));
        here.answer.thenAccept(answer -> vertx.runOnContext(turn -> {
            if (!response.ended() && !response.closed()) {
                response.setStatusCode(answer.status())
                        .putHeader("content-type", "application/json")
                        .end(answer.body());
            }
        }));
        here.arrived.complete(request);
    }
}
