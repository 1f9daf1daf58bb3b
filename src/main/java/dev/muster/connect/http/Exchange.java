package dev.muster.connect.http;

import dev.muster.connect.TraceContext;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Parking;
import dev.muster.task.Scope;
import dev.muster.task.Undo;
import dev.muster.task.Waiter;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, as one wait of a task. On the loop of its scope.
 *
 * <p>A cancel resets the request, which closes the connection of HTTP/1.1 and the stream of HTTP/2; the wait is over once
 * that is done, or after {@link Reset#PATIENCE} with the connection closed. A connection that is being made has no handle:
 * the wait is over at once, and the request when the connection is there or has failed.
 */
final class Exchange implements Parking<Answer>, Undo {

    /** What is read of a body that nobody wants, so that its connection can be used again. */
    private static final int UNWANTED_BYTES = 64 << 10;

    /** How often a connection that the server had given up meanwhile is replaced by another. */
    private static final int FRESH_STARTS = 2;

    private enum Phase {
        CONNECTING,
        ABANDONED,
        ANSWERING,
        READING,
        STOPPING,
        OVER
    }

    private final Scope scope;
    private final HttpSource source;
    private final HttpRequest request;
    private final Expect expect;
    private final @Nullable TraceContext trace;
    private Phase phase = Phase.OVER;
    private @Nullable Waiter<Answer> waiter;
    private @Nullable HttpClientRequest sent;
    private Future<Void> written = Future.succeededFuture();
    private @Nullable HttpClientResponse response;
    private @Nullable Received body;
    private @Nullable Runnable whenOver;
    private @Nullable CancelReason cancelled;
    private int freshStarts;

    /**
     * A request that is not sent yet.
     *
     * @param expect with which statuses the body will be looked at
     * @param trace the trace that it belongs to, or null
     */
    Exchange(Scope scope, HttpSource source, HttpRequest request, Expect expect, @Nullable TraceContext trace) {
        this.scope = scope;
        this.source = source;
        this.request = request;
        this.expect = expect;
        this.trace = trace;
    }

    /** Sends it, and gives the answer once its body is there. */
    Future<Answer> run() {
        return scope.suspend("the answer of " + request.authority(), this);
    }

    /** Runs something once the request is really over: now, if it is. */
    void whenOver(Runnable then) {
        if (phase == Phase.OVER) {
            then.run();
        } else {
            whenOver = then;
        }
    }

    @Override
    public Undo park(Waiter<Answer> parked) {
        waiter = parked;
        connect();
        return this;
    }

    private void connect() {
        phase = Phase.CONNECTING;
        source.requestBegins();
        Future<HttpClientRequest> connection;
        try {
            connection = source.client().of(request.address().secure()).request(request.options());
        } catch (RuntimeException e) {
            connection = Future.failedFuture(e);
        }
        connection.onComplete(this::connected);
    }

    @Override
    public boolean undo(CancelReason reason) {
        switch (phase) {
            case CONNECTING -> {
                phase = Phase.ABANDONED;
                return true;
            }
            case ANSWERING, READING -> {
                stop(() -> fail(new CancelledException(reason)));
                return false;
            }
            default -> {
                // Being reset already: that ends the wait.
                cancelled = reason;
                return phase == Phase.OVER;
            }
        }
    }

    private void connected(@Nullable HttpClientRequest ready, @Nullable Throwable failure) {
        if (ready == null) {
            boolean abandoned = phase == Phase.ABANDONED;
            over();
            if (!abandoned && failure != null) {
                fail(HttpErrors.connecting(failure, request, source));
            }
            return;
        }
        sent = ready;
        source.client().begins(ready);
        // The answer's future tells all; without a handler a reset of our own would be logged as an error.
        ready.exceptionHandler(broken -> {});
        if (phase == Phase.ABANDONED) {
            HttpClients.openStream(ready);
            stop(() -> {});
            return;
        }
        phase = Phase.ANSWERING;
        request.trace(ready, trace);
        ready.response().onComplete(this::answered);
        written = request.saysLength() ? ready.end(Buffer.buffer(request.body())) : ready.end();
    }

    private void answered(@Nullable HttpClientResponse head, @Nullable Throwable failure) {
        if (phase != Phase.ANSWERING) {
            return;
        }
        if (head == null) {
            Throwable cause = failure == null ? new IllegalStateException("no answer") : failure;
            stop(isStale(cause) ? this::startAfresh : () -> fail(HttpErrors.answering(cause, request)));
            return;
        }
        phase = Phase.READING;
        response = head;
        head.exceptionHandler(this::broken);
        long length = request.isHead() ? 0 : Received.announced(head);
        boolean isWanted = expect.accepts(head.statusCode());
        int limit = source.settings().maxResponse();
        if (isWanted && length > limit) {
            stop(() -> fail(HttpErrors.tooLarge(request, source)));
            return;
        }
        body = new Received(isWanted ? limit : Math.min(limit, UNWANTED_BYTES), length);
        head.handler(this::read);
        head.endHandler(ignored -> finished());
    }

    /**
     * Whether the server closed an idle connection in the moment in which we took it: then it has not seen the request,
     * or may see it twice without harm (RFC 9112, 9.3.1).
     */
    private boolean isStale(Throwable cause) {
        return HttpErrors.isLost(cause)
                && request.isSafe()
                && freshStarts < FRESH_STARTS
                && sent != null
                && source.client().hasServed(sent.connection());
    }

    private void startAfresh() {
        if (cancelled != null) {
            fail(new CancelledException(cancelled));
        } else {
            freshStarts++;
            sent = null;
            written = Future.succeededFuture();
            connect();
        }
    }

    private void read(Buffer chunk) {
        if (phase != Phase.READING || body == null || response == null || body.add(chunk)) {
            return;
        }
        if (expect.accepts(response.statusCode())) {
            stop(() -> fail(HttpErrors.tooLarge(request, source)));
        } else {
            stop(this::resume);
        }
    }

    private void finished() {
        if (phase == Phase.READING && sent != null) {
            source.client().answered(sent);
            over();
            resume();
        }
    }

    private void broken(Throwable cause) {
        if (phase == Phase.READING) {
            int bytes = body == null ? 0 : body.size();
            stop(() -> fail(HttpErrors.reading(cause, request, bytes)));
        }
    }

    /** Resets the request; once that is done, or has taken too long, it is over, and then comes the rest. */
    private void stop(Runnable then) {
        phase = Phase.STOPPING;
        Future<Void> reset = sent == null ? Future.succeededFuture() : Reset.of(sent, written, scope.loop());
        reset.onComplete(done -> {
            over();
            then.run();
        });
    }

    private void over() {
        phase = Phase.OVER;
        source.requestEnds();
        Runnable then = whenOver;
        whenOver = null;
        if (then != null) {
            then.run();
        }
    }

    private void resume() {
        if (waiter != null && response != null && body != null) {
            waiter.resume(new Answer(response.statusCode(), response.version(), response.headers(), body.bytes()));
        }
    }

    private void fail(Throwable failure) {
        if (waiter != null) {
            waiter.fail(failure);
        }
    }
}
