package dev.muster.connect.mongo;

import dev.muster.connect.Receipt;
import dev.muster.connect.Receipts;
import dev.muster.connect.mongo.FromBson.ResultDocument;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Scope;
import dev.muster.task.Waiter;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.util.context.Context;

/**
 * One use of the driver by one step: a command with its response, or a cursor that is read batch by batch.
 *
 * <p>The loop requests a batch and waits; the driver's threads do all other work and hand over plain values. A cancel ends the
 * wait once the server has no more work for the call or, past the grace period of {@link ServerActivity}, once the connection is
 * closed.
 */
final class DriverCall implements CoreSubscriber<Object> {
    private final MongoSource source;
    private final String what;
    private final boolean isStream;
    private final Supplier<Optional<Duration>> limit;
    private final Function<Optional<Duration>, Publisher<?>> publisher;
    private final ServerActivity server;

    /** All fields below are guarded by this. */
    private @Nullable Waiter<Batch> waiter;

    private @Nullable Scope reader;

    private @Nullable Subscription subscription;
    private List<Object> items = new ArrayList<>();
    private long wanted;
    private long rows;
    private long bytes;
    private long allBytes;
    private boolean begun;
    private boolean ended;
    private boolean stopped;
    private @Nullable Throwable failure;
    private Optional<Duration> limited = Optional.empty();
    private long limitedNanos;

    /** The receipt of the call's cancel, if any. Used on the loop only. */
    private Receipts.@Nullable Open receipt;

    /**
     * Creates a call that has sent nothing yet.
     *
     * @param isStream whether the documents are a stream, of which only the part held at once counts for the limits
     * @param limit the time limit of the command, computed when the command is built
     * @param publisher builds the command with its time limit, on a thread of the driver
     */
    DriverCall(
            MongoSource source,
            ServerActivity server,
            String what,
            boolean isStream,
            Supplier<Optional<Duration>> limit,
            Function<Optional<Duration>, Publisher<?>> publisher) {
        this.source = source;
        this.what = what;
        this.isStream = isStream;
        this.limit = limit;
        this.publisher = publisher;
        this.server = server;
    }

    /** Reads up to {@code count} more items; fewer at the end. Runs on the loop, one call at a time. */
    Future<Batch> fetch(Scope scope, long count) {
        return scope.suspend(what, parked -> {
            begin(parked, count, scope);
            return reason -> cancel(scope, reason, () -> parked.fail(new CancelledException(reason)));
        });
    }

    /**
     * Ends the call if it has not ended. Completes when the server has no more work for it. Runs on the loop.
     *
     * @param scope the scope that waits
     * @param reader the scope that has read; if it is cancelled, its reason goes into the receipt
     */
    Future<@Nullable Void> close(Scope scope, Scope reader) {
        return scope.suspend("the end of " + what, parked -> {
            CancelReason reason = reader.cancelReason();
            Runnable over = () -> parked.resume(null);
            if (reason == null || receipt != null || hasEnded() ? stop(over) : cancel(scope, reason, over)) {
                parked.resume(null);
            }
            return again -> true;
        });
    }

    /** Whether the call was started, so that parts of it have possibly reached a server. */
    synchronized boolean hasBegun() {
        return begun;
    }

    @Override
    public Context currentContext() {
        return Context.of(DriverCall.class, this);
    }

    @Override
    public void onSubscribe(Subscription opened) {
        long count;
        synchronized (this) {
            subscription = opened;
            count = stopped ? 0 : wanted;
        }
        if (count == 0) {
            opened.cancel();
        } else {
            opened.request(count);
        }
    }

    @Override
    public void onNext(Object item) {
        MusterException over;
        synchronized (this) {
            if (stopped) {
                return;
            }
            over = take(item);
            if (over == null && items.size() >= wanted) {
                deliver();
            }
        }
        if (over != null) {
            breakOff(over);
        }
    }

    @Override
    public synchronized void onComplete() {
        end(failure);
    }

    @Override
    public void onError(Throwable thrown) {
        MusterException error = MongoErrors.of(thrown, source, what, server.hasSent(), expired());
        if (error.type() == ErrorType.BAD_RESPONSE) {
            server.abandon();
        }
        end(error);
    }

    private synchronized void end(@Nullable Throwable thrown) {
        ended = true;
        failure = thrown;
        deliver();
    }

    ServerActivity server() {
        return server;
    }

    private synchronized boolean hasEnded() {
        return ended;
    }

    private void begin(Waiter<Batch> parked, long count, Scope scope) {
        boolean first;
        synchronized (this) {
            waiter = parked;
            reader = scope;
            wanted = count;
            first = !begun;
            begun = true;
            if (ended) {
                deliver();
                return;
            }
        }
        try {
            source.threads().execute(first ? this::subscribe : () -> request(count));
        } catch (RejectedExecutionException e) {
            parked.fail(MongoErrors.closed(source, e));
        }
    }

    private void subscribe() {
        synchronized (this) {
            if (ended || stopped) {
                return;
            }
        }
        try {
            // The first use opens the client, which takes its time: what is left is asked for afterwards.
            source.open();
            Optional<Duration> left = limit.get();
            synchronized (this) {
                limited = left;
                limitedNanos = server.nanos();
            }
            publisher.apply(left).subscribe(this);
        } catch (RuntimeException e) {
            onError(e);
        }
    }

    /** The time limit of the command if a time-out of the driver is due to it, and not to the search for a server. */
    private synchronized Optional<Duration> expired() {
        return limited.filter(time -> time.compareTo(source.settings().serverSelectionTimeout()) <= 0
                || server.nanos() - limitedNanos
                        >= time.truncatedTo(ChronoUnit.MILLIS).toNanos());
    }

    private void request(long count) {
        Subscription open;
        synchronized (this) {
            open = stopped ? null : subscription;
        }
        if (open != null) {
            open.request(count);
        }
    }

    private @Nullable MusterException take(Object item) {
        long size = item instanceof ResultDocument row ? row.bytes() : 0;
        items.add(item instanceof ResultDocument row ? row.value() : item);
        rows++;
        bytes += size;
        allBytes += size;
        if ((isStream ? size : allBytes) > source.settings().maxResponse()) {
            return MongoErrors.tooLarge(source, what, isStream);
        }
        return !isStream && rows > source.settings().maxRows() ? MongoErrors.tooMany(source, what) : null;
    }

    /** Fails the call because a limit is exceeded: drops what was read and stops reading. */
    private void breakOff(MusterException over) {
        Waiter<Batch> parked;
        Scope scope;
        synchronized (this) {
            parked = waiter;
            scope = reader;
            waiter = null;
            failure = over;
            ended = true;
            items = new ArrayList<>();
        }
        if (parked != null && scope != null) {
            server.onLoop(() -> {
                Receipts.Open opened = source.receipts().begin(scope, Receipt.By.LIMIT, over.detail());
                receipt = opened;
                Runnable failed = () -> parked.fail(over);
                if (stop(ending(opened, failed))) {
                    opened.confirmed();
                    parked.fail(over);
                }
            });
        }
        cancel();
    }

    /** Hands what was read, or the failure, to the waiter, if there is one. Guarded by this. */
    private void deliver() {
        Waiter<Batch> parked = waiter;
        if (parked == null) {
            return;
        }
        waiter = null;
        if (failure != null) {
            parked.fail(failure);
        } else {
            parked.resume(new Batch(items, bytes, ended));
        }
        items = new ArrayList<>();
        bytes = 0;
    }

    /** Stops the call as {@link #stop} does, and writes a receipt. */
    private boolean cancel(Scope scope, CancelReason reason, Runnable onIdle) {
        Receipts.Open opened = source.receipts().begin(scope, reason);
        receipt = opened;
        boolean isIdle = stop(ending(opened, onIdle));
        if (isIdle && server.hasSent()) {
            opened.confirmed();
        } else if (isIdle) {
            Receipts.notSent(scope, source.name(), reason);
        }
        return isIdle;
    }

    private Runnable ending(Receipts.Open opened, Runnable onIdle) {
        return () -> {
            if (server.hasDropped()) {
                opened.closed();
            } else {
                opened.confirmed();
            }
            onIdle.run();
        };
    }

    /**
     * Stops the call. Returns true if the server has no more work for it. Otherwise runs {@code onIdle} once the server
     * has none or its connection is closed. Runs on the loop.
     */
    private boolean stop(Runnable onIdle) {
        boolean isIdle = server.stop(onIdle);
        try {
            source.threads().execute(this::cancel);
        } catch (RejectedExecutionException e) {
            // The node is closing: nothing can be sent or confirmed any more.
            server.abandon();
        }
        return isIdle;
    }

    private void cancel() {
        Subscription open;
        synchronized (this) {
            stopped = true;
            open = subscription;
        }
        if (open != null) {
            open.cancel();
        }
    }

    /**
     * One fetched batch of a cursor.
     *
     * @param items the results, in order
     * @param bytes size of all documents together, as BSON
     * @param last whether this is the last batch
     */
    record Batch(List<Object> items, long bytes, boolean last) {
        static final Batch NONE = new Batch(List.of(), 0, false);
    }
}
