package dev.muster.connect.http;

import dev.muster.connect.Receipt;
import dev.muster.connect.Receipts;
import dev.muster.connect.TraceContext;
import dev.muster.loop.Timer;
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
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response, as one wait of a task. Runs on the loop of its scope.
 *
 * <p>A cancel resets the request: the connection is closed over HTTP/1.1, and the stream is reset over HTTP/2. The wait ends
 * when the reset is confirmed, or after {@link HttpClients#RESET_PATIENCE}, when the connection is closed. A request that is still
 * connecting cannot be reset: its wait ends at once, and the request ends when the connection is established or has failed.
 */
final class Exchange implements Parking<Answer>, Undo {

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
    private final Repeats repeats;
    private Phase phase = Phase.OVER;
    private @Nullable Waiter<Answer> waiter;
    private @Nullable HttpClientRequest sent;
    private Future<Void> written = Future.succeededFuture();
    private @Nullable ResponseBody body;
    private @Nullable Timer patience;
    private @Nullable Runnable whenOver;
    private @Nullable CancelReason cancelled;
    private Receipts.@Nullable Open receipt;
    private boolean hasSent;

    /**
     * Creates an exchange whose request is not sent yet.
     *
     * @param expect the statuses whose bodies are read in full
     * @param trace the trace of the request, or null
     * @param hasSent whether an earlier request of the same chain of redirects was sent
     */
    Exchange(
            Scope scope,
            HttpSource source,
            HttpRequest request,
            Expect expect,
            @Nullable TraceContext trace,
            boolean hasSent) {
        this.scope = scope;
        this.source = source;
        this.request = request;
        this.expect = expect;
        this.trace = trace;
        this.hasSent = hasSent;
        this.repeats = new Repeats(request);
    }

    /** Sends the request. Completes with the response once its body is complete. */
    Future<Answer> run() {
        return scope.suspend("the answer of " + request.authority(), this);
    }

    /** Runs a callback once the request has really ended; at once if it has. */
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
            connection = source.client().of(request.address()).request(request.options());
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
                if (hasSent) {
                    source.receipts().begin(scope, reason).confirmed();
                } else {
                    Receipts.notSent(scope, source.name(), reason);
                }
                return true;
            }
            case ANSWERING, READING -> {
                receipt = source.receipts().begin(scope, reason);
                stop(() -> fail(new CancelledException(reason)));
                return false;
            }
            default -> {
                // A reset is already in progress and ends the wait.
                cancelled = reason;
                receipt = receipt == null && phase != Phase.OVER
                        ? source.receipts().begin(scope, reason)
                        : receipt;
                return phase == Phase.OVER;
            }
        }
    }

    private void connected(@Nullable HttpClientRequest ready, @Nullable Throwable failure) {
        if (ready == null) {
            boolean abandoned = phase == Phase.ABANDONED;
            over();
            if (!abandoned && failure != null) {
                if (repeats.takeUnsent(failure)) {
                    startAfresh();
                } else {
                    fail(HttpErrors.connecting(failure, request, source));
                }
            }
            return;
        }
        sent = ready;
        source.client().begins(ready);
        // The future of the response reports all failures; without a handler, a reset by this class would be logged as
        // an error.
        ready.exceptionHandler(broken -> {});
        if (phase == Phase.ABANDONED) {
            HttpClients.openStream(ready);
            stop(() -> {});
            return;
        }
        if (source.settings().protocol() == HttpSettings.Protocol.HTTP2 && ready.version() != HttpVersion.HTTP_2) {
            stop(() -> fail(HttpErrors.noHttp2(request, source)));
            return;
        }
        Optional<Duration> left = request.timed() ? scope.remaining() : Optional.empty();
        if (left.isPresent() && left.get().isZero()) {
            // The step's deadline is about to expire; sending a request with no time left is useless.
            stop(() -> fail(HttpErrors.noTime(request)));
            return;
        }
        phase = Phase.ANSWERING;
        hasSent = true;
        request.trace(ready, trace);
        request.deadline(ready, left);
        ready.response().onComplete(this::answered);
        written = request.hasContentLength() ? ready.end(Buffer.buffer(request.body())) : ready.end();
    }

    private void answered(@Nullable HttpClientResponse head, @Nullable Throwable failure) {
        if (phase != Phase.ANSWERING) {
            return;
        }
        if (head == null) {
            Throwable cause = failure == null ? new IllegalStateException("no answer") : failure;
            boolean again = sent != null && repeats.take(sent, source.client(), cause);
            stop(again ? this::startAfresh : () -> fail(HttpErrors.answering(cause, request, source)));
            return;
        }
        phase = Phase.READING;
        head.exceptionHandler(this::broken);
        body = new ResponseBody(request, source, head, expect.accepts(head.statusCode()));
        head.handler(this::read);
        head.endHandler(ignored -> finished());
        if (body.hasFailed()) {
            leaveBody(body);
        } else if (!body.isWanted()) {
            patience = scope.loop().schedule(ResponseBody.UNWANTED_PATIENCE, this::leaveUnread);
        }
    }

    private void startAfresh() {
        if (cancelled != null) {
            fail(new CancelledException(cancelled));
        } else {
            sent = null;
            written = Future.succeededFuture();
            connect();
        }
    }

    private void read(Buffer chunk) {
        if (phase == Phase.READING && body != null && !body.add(chunk)) {
            leaveBody(body);
        }
    }

    /** Stops reading the body: enough of it has arrived, or it is too large or defective. */
    private void leaveBody(ResponseBody read) {
        String tooLarge = read.tooLarge();
        if (tooLarge != null) {
            receipt = source.receipts().begin(scope, Receipt.By.LIMIT, tooLarge);
        }
        stop(this::conclude);
    }

    /** Stops waiting for the rest of an unwanted body. */
    private void leaveUnread() {
        if (phase == Phase.READING && sent != null) {
            HttpClients.stopSending(sent, written);
            stop(this::conclude);
        }
    }

    private void finished() {
        if (phase != Phase.READING || sent == null || body == null) {
            return;
        }
        HttpClients.stopSending(sent, written);
        source.client().answered(sent);
        body.end();
        over();
        conclude();
    }

    private void broken(Throwable cause) {
        if (phase == Phase.READING && body != null) {
            body.breakOff(cause);
            stop(this::conclude);
        }
    }

    /** Resets the request. Runs {@code then} once the reset is confirmed or has timed out. */
    private void stop(Runnable then) {
        boolean isSent = phase == Phase.ANSWERING || phase == Phase.READING;
        phase = Phase.STOPPING;
        Future<Boolean> reset =
                sent == null ? Future.succeededFuture(true) : HttpClients.reset(sent, isSent, scope.loop());
        reset.onSuccess(isConfirmed -> {
            if (receipt != null && isConfirmed) {
                receipt.confirmed();
            } else if (receipt != null) {
                receipt.closed();
            }
            over();
            then.run();
        });
    }

    private void over() {
        phase = Phase.OVER;
        if (patience != null) {
            patience.cancel();
        }
        if (body != null) {
            body.close();
        }
        source.requestEnds();
        Runnable then = whenOver;
        whenOver = null;
        if (then != null) {
            then.run();
        }
    }

    /** Completes the wait with the response or its failure. */
    private void conclude() {
        if (waiter != null && body != null) {
            body.settle(waiter);
        }
    }

    private void fail(Throwable failure) {
        if (waiter != null) {
            waiter.fail(failure);
        }
    }
}
