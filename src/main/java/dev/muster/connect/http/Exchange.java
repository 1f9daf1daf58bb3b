package dev.muster.connect.http;

import dev.muster.connect.TraceContext;
import dev.muster.loop.Timer;
import dev.muster.plan.MusterException;
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
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import java.time.Duration;
import java.util.zip.DataFormatException;
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

    /** How long that may take: who redirects or refuses a request is not waited for. */
    private static final Duration UNWANTED_PATIENCE = Duration.ofMillis(200);

    /** How often a request is sent again that the server has not processed, or may see twice. */
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
    private boolean isWanted;
    private ContentCoding coding = ContentCoding.NONE;
    private @Nullable Timer patience;
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
        return scope.suspend("the answer of " + request.address().authority(), this);
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
            if (!abandoned && failure instanceof HttpClosedException && freshStarts < FRESH_STARTS) {
                // It was closed in the moment in which we took it: nothing has been sent.
                startAfresh();
            } else if (!abandoned && failure != null) {
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
            stop(mayRepeat(cause) ? this::startAfresh : () -> fail(HttpErrors.answering(cause, request)));
            return;
        }
        phase = Phase.READING;
        response = head;
        head.exceptionHandler(this::broken);
        isWanted = expect.accepts(head.statusCode());
        coding = request.isHead()
                ? ContentCoding.NONE
                : ContentCoding.of(head.headers(), request, source.settings().compression());
        long length = request.isHead() ? 0 : coding.unpacking() != null ? -1 : Received.announced(head);
        int limit = source.settings().maxResponse();
        if (isWanted && length > limit) {
            stop(() -> fail(HttpErrors.tooLarge(request, source)));
            return;
        }
        body = new Received(isWanted ? limit : Math.min(limit, UNWANTED_BYTES), length);
        if (!isWanted) {
            patience = scope.loop().schedule(UNWANTED_PATIENCE, this::leaveUnread);
        }
        head.handler(this::read);
        head.endHandler(ignored -> finished());
    }

    /**
     * Whether a request that got no response may be sent again: the server says that it has not looked at it (RFC 9113,
     * 8.7), or it had given up an idle connection in the moment in which we took it, and may see the request twice without
     * harm (RFC 9112, 9.3.1). What comes on a connection that was used before and is no HTTP was left behind by the one
     * before.
     */
    private boolean mayRepeat(Throwable cause) {
        if (freshStarts == FRESH_STARTS || sent == null) {
            return false;
        }
        return HttpClients.isUnprocessed(sent, cause)
                || request.isSafe()
                        && (HttpErrors.isLost(cause) || HttpErrors.isNoHttp(cause))
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
        if (phase != Phase.READING || body == null) {
            return;
        }
        boolean fits;
        try {
            fits = unpacked(chunk, body);
        } catch (DataFormatException e) {
            MusterException broken = HttpErrors.reading(e, request, body.size());
            stop(isWanted ? () -> fail(broken) : this::resume);
            return;
        }
        if (!fits) {
            stop(isWanted ? () -> fail(HttpErrors.tooLarge(request, source)) : this::resume);
        }
    }

    private boolean unpacked(Buffer chunk, Received into) throws DataFormatException {
        if (coding.refused()) {
            throw new DataFormatException(
                    "it is compressed as " + Sanitized.text(coding.name(), 40) + ", which was not asked for");
        }
        Unpacking unpacking = coding.unpacking();
        return unpacking == null ? into.add(chunk) : unpacking.add(chunk, into);
    }

    /** The beginning of a body that nobody wants is enough. */
    private void leaveUnread() {
        if (phase == Phase.READING && sent != null) {
            if (!written.isComplete()) {
                HttpClients.stopSending(sent);
            }
            stop(this::resume);
        }
    }

    private void finished() {
        if (phase != Phase.READING || sent == null || body == null) {
            return;
        }
        if (!written.isComplete()) {
            HttpClients.stopSending(sent);
        }
        source.client().answered(sent);
        Unpacking unpacking = coding.unpacking();
        boolean isWhole = !isWanted || unpacking == null || unpacking.isWhole();
        over();
        if (isWhole) {
            resume();
        } else {
            fail(HttpErrors.cut(request, body.size(), coding.name()));
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
        if (patience != null) {
            patience.cancel();
            patience = null;
        }
        if (coding.unpacking() != null) {
            coding.unpacking().close();
        }
        source.requestEnds();
        Runnable then = whenOver;
        whenOver = null;
        if (then != null) {
            then.run();
        }
    }

    private void resume() {
        if (waiter != null && response != null && body != null) {
            if (coding.unpacking() != null) {
                // They are about the body as it came.
                response.headers().remove(HttpHeaders.CONTENT_ENCODING).remove(HttpHeaders.CONTENT_LENGTH);
            }
            waiter.resume(new Answer(response.statusCode(), response.version(), response.headers(), body.bytes()));
        }
    }

    private void fail(Throwable failure) {
        if (waiter != null) {
            waiter.fail(failure);
        }
    }
}
