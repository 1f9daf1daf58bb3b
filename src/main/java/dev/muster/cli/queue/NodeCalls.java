package dev.muster.cli.queue;

import dev.muster.config.Durations;
import dev.muster.config.Sizes;
import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.service.PendingRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A client for the HTTP API of a node. Responses are JSON values or errors of the error table. Safe on any thread.
 *
 * <p>Requests are never repeated here; the caller knows whether repeating is harmless.
 */
final class NodeCalls {

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final int CONNECTIONS = 8;
    private static final int NOT_IDENTIFIED = 401;
    private static final int MAX_BYTES = 128 << 20;

    /** Shorter than a node's keep-alive time, so that the client never uses a connection that the node is closing. */
    private static final int KEEP_ALIVE_SECONDS = 10;

    private final HttpClient client;
    private final NodeAddress node;
    private final Key key;
    private final Duration patience;

    /**
     * Creates the client of a node. Does not connect yet.
     *
     * @param patience the time-out of a response, in addition to the time that the node is asked to wait
     */
    NodeCalls(Vertx vertx, NodeAddress node, Key key, Duration patience) {
        this.node = node;
        this.key = key;
        this.patience = patience;
        this.client = vertx.createHttpClient(
                new HttpClientOptions()
                        .setConnectTimeout((int) CONNECT.toMillis())
                        .setSslHandshakeTimeout(CONNECT.toSeconds())
                        .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
                        .setDecompressionSupported(false),
                new PoolOptions().setHttp1MaxSize(CONNECTIONS));
    }

    NodeAddress node() {
        return node;
    }

    /** Sends a request; the result is the JSON value of the response, or null for an empty one. */
    Future<@Nullable Object> call(HttpMethod method, String path) {
        return call(method, path, Body.NONE, Duration.ZERO).future();
    }

    /**
     * Sends a request that the node can hold.
     *
     * @param wait the time that the node is asked to wait
     */
    PendingRequest<@Nullable Object> call(HttpMethod method, String path, Body body, Duration wait) {
        Promise<@Nullable Object> answer = Promise.promise();
        Duration limit = wait.plus(patience);
        String authority = node.host().indexOf(':') < 0 ? node.host() : "[" + node.host() + "]";
        var options = new RequestOptions()
                .setMethod(method)
                .setServer(SocketAddress.inetSocketAddress(node.port(), node.host()))
                .setHost(authority)
                .setPort(node.port())
                .setSsl(node.secure())
                .setURI(node.path() + path)
                .setIdleTimeout(limit.toMillis())
                .putHeader("accept", "application/json");
        if (key.text() != null) {
            options.putHeader("authorization", "Bearer " + key.text());
        }
        if (body.type() != null) {
            options.putHeader("content-type", body.type());
        }
        client.request(options).onComplete((request, failure) -> {
            if (failure != null) {
                answer.tryFail(unreachable(failure));
            } else if (answer.future().isComplete()) {
                giveUp(request);
            } else {
                exchange(request, body, limit, answer);
            }
        });
        return new PendingRequest<>(
                answer.future(), reason -> answer.tryFail(new MusterException(ErrorType.CANCELLED, reason.why())));
    }

    Future<@Nullable Void> close() {
        return client.close();
    }

    /**
     * The key that authenticates requests to a node.
     *
     * @param text the key; null for none
     * @param origin the origin of the key, shown instead of the key
     */
    record Key(@Nullable String text, String origin) {

        /** No key. */
        static final Key NONE = new Key(null, "no key");

        @Override
        public String toString() {
            return origin;
        }
    }

    /**
     * The body of a request.
     *
     * @param type the content type; null for no body
     */
    record Body(@Nullable String type, Buffer bytes) {
        static final Body NONE = new Body(null, Buffer.buffer());

        static Body json(Object value) {
            return new Body("application/json", Buffer.buffer(Json.writeBytes(value)));
        }

        static Body lines(Buffer lines) {
            return new Body("application/x-ndjson", lines);
        }
    }

    private void exchange(HttpClientRequest request, Body body, Duration limit, Promise<@Nullable Object> answer) {
        answer.future().onFailure(failure -> giveUp(request));
        request.exceptionHandler(failure -> answer.tryFail(lost(failure, limit)));
        request.send(body.bytes())
                .onFailure(failure -> answer.tryFail(lost(failure, limit)))
                .onSuccess(response -> {
                    // Set before anything else: an error without a handler would be logged.
                    response.exceptionHandler(failure -> answer.tryFail(lost(failure, limit)));
                    receive(response, answer);
                });
    }

    private void receive(HttpClientResponse response, Promise<@Nullable Object> answer) {
        Buffer body = Buffer.buffer();
        response.handler(piece -> {
            if (body.length() + piece.length() > MAX_BYTES) {
                answer.tryFail(new MusterException(
                        ErrorType.LIMIT,
                        node + " responds with more than " + Sizes.format(MAX_BYTES) + "; request less"));
            } else {
                body.appendBuffer(piece);
            }
        });
        response.endHandler(end -> {
            try {
                answer.tryComplete(value(response.statusCode(), body));
            } catch (MusterException e) {
                answer.tryFail(e);
            }
        });
    }

    private @Nullable Object value(int status, Buffer body) {
        boolean isDone = status >= 200 && status < 300;
        if (isDone && body.length() == 0) {
            return null;
        }
        Object value;
        try {
            value = Json.parse(body.getBytes());
        } catch (JsonException e) {
            throw noNode(status, e);
        }
        if (isDone) {
            return value;
        }
        throw value instanceof Map<?, ?> problem ? error(problem, status) : noNode(status, null);
    }

    /** The error of a response. For {@code denied} the message names the origin of the key that was sent. */
    private MusterException error(Map<?, ?> problem, int status) {
        MusterException error = error(problem);
        if (error.type() != ErrorType.DENIED) {
            return error;
        }
        String what = key.text() == null ? "no key was sent" : "sent with " + key;
        String todo = key.text() == null || status == NOT_IDENTIFIED
                ? ": set MUSTER_KEY, or name a file with --key-file"
                : "";
        return new MusterException(error.type(), error.detail() + "; " + what + todo, error.more(), null);
    }

    /** The error that a node reports as this object. */
    static MusterException error(Map<?, ?> problem) {
        ErrorType type = ErrorType.of(String.valueOf(problem.get("type"))).orElse(ErrorType.BAD_RESPONSE);
        var more = new LinkedHashMap<String, Object>();
        for (String word : List.of("status", "retryAfter")) {
            if (problem.get(word) instanceof Number number) {
                more.put(word, number);
            }
        }
        Object detail = problem.get("detail");
        return new MusterException(
                type, detail == null ? "the node gives no reason" : String.valueOf(detail), more, null);
    }

    private MusterException noNode(int status, @Nullable Throwable cause) {
        return new MusterException(
                ErrorType.BAD_RESPONSE, node + " answers " + status + ", unlike a Muster node; see --url", cause);
    }

    private MusterException unreachable(Throwable failure) {
        return new MusterException(
                ErrorType.UNAVAILABLE,
                "no response from " + node + " (" + reason(failure)
                        + "): start `muster serve` there, or give its address with --url",
                Map.of(QueueAdmin.NOT_SENT, true),
                failure);
    }

    private MusterException lost(Throwable failure, Duration limit) {
        return new MusterException(
                ErrorType.UNAVAILABLE,
                failure instanceof TimeoutException
                        ? node + " did not respond within " + Durations.human(limit)
                        : "the connection to " + node + " was lost before the response arrived (" + reason(failure)
                                + ")",
                failure);
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure.getCause() instanceof IOException inner ? inner : failure;
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message.replaceAll(": [^ ]*[/:][^ ]*$", "");
    }

    @SuppressWarnings("FutureReturnValueIgnored") // nothing waits for the result
    private static void giveUp(HttpClientRequest request) {
        request.reset();
    }
}
