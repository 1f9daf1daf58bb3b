package dev.muster.task;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs one body for each of many items, a bounded number at once.
 *
 * <p>Items are taken from the source only when there is room for one, so that a long source is never held in memory. When
 * too many have failed nothing more is started and the rest is cancelled. An item that the source gives after a cancel is
 * not begun.
 *
 * @param <I> an item
 * @param <T> the result of one item
 */
public final class Each<I, T> {

    /** What is done for one item. */
    @FunctionalInterface
    public interface ItemBody<I, T> {
        /** Begins the work for an item; as {@link Body#run}. The index counts from 0. */
        Future<T> run(Scope scope, I item, long index) throws Exception;
    }

    /** Receives the outcome of every item in the order in which they end, as long as the whole goes on. */
    @FunctionalInterface
    public interface Sink<T> {
        /**
         * Takes the outcome of the item at this index, which counts from 0.
         * Must not block; if it throws, that fails the whole.
         */
        void accept(long index, Outcome<T> outcome);
    }

    private final Scope scope;
    private final int concurrency;
    private final Errors errors;
    private final Items<? extends I> items;
    private final ItemBody<? super I, T> body;
    private final Sink<T> sink;
    private final Promise<Long> end = Promise.promise();
    private long started;
    private long failures;
    private int running;
    private boolean exhausted;
    private boolean isFailed;
    private @Nullable Throwable firstFailure;
    private @Nullable Waiter<Boolean> room;

    private Each(
            Scope scope,
            int concurrency,
            Errors errors,
            Items<? extends I> items,
            ItemBody<? super I, T> body,
            Sink<T> sink) {
        this.scope = scope;
        this.concurrency = concurrency;
        this.errors = errors;
        this.items = items;
        this.body = body;
        this.sink = sink;
    }

    /**
     * Starts the work as a child of a scope. On the loop only.
     *
     * @param concurrency how many items at once, at least 1
     * @param errors what the failure of an item means for the others
     * @return the task; its result is the number of items
     */
    public static <I, T> Task<Long> start(
            Scope scope,
            String name,
            int concurrency,
            Errors errors,
            Items<? extends I> items,
            ItemBody<? super I, T> body,
            Sink<T> sink) {
        if (concurrency < 1) {
            throw new IllegalArgumentException("concurrency is at least 1, not " + concurrency);
        }
        return scope.start(name, own -> new Each<I, T>(own, concurrency, errors, items, body, sink).run());
    }

    private Future<Long> run() {
        Repeat.whileTrue(scope, this::startNext).onComplete((ignored, thrown) -> {
            exhausted = true;
            if (thrown != null) {
                end.tryFail(thrown);
            }
            endIfDone();
        });
        return end.future();
    }

    private Future<Boolean> startNext() {
        if (isFailed) {
            return Future.succeededFuture(false);
        }
        if (running < concurrency) {
            return nextItem().map(this::startItem);
        }
        return scope.suspend("room for an item", waiter -> {
            room = waiter;
            return reason -> {
                room = null;
                return true;
            };
        });
    }

    /** A source that keeps us waiting is waited for as anything else, so that a cancel ends it. */
    private Future<? extends Optional<? extends I>> nextItem() {
        Future<? extends Optional<? extends I>> next = items.next();
        return next.isComplete() ? next : scope.await("the next item", next);
    }

    private boolean startItem(Optional<? extends I> next) {
        if (next.isEmpty() || isFailed || scope.isCancelled()) {
            return false;
        }
        I item = next.get();
        long index = started++;
        running++;
        scope.start("[" + index + "]", own -> body.run(own, item, index)).onEnd(task -> ended(index, task));
        return true;
    }

    private void ended(long index, Task<T> task) {
        running--;
        boolean failed = task.state() != State.FINISHED;
        if (isFailed) {
            if (firstFailure != null && failed) {
                Later.attach(firstFailure, task);
            }
            return;
        }
        try {
            sink.accept(index, task.outcome());
        } catch (RuntimeException e) {
            firstFailure = e;
            fail();
            return;
        }
        if (failed) {
            failures++;
            firstFailure = firstFailure == null ? task.failure() : firstFailure;
        }
        if (failed && errors.isTooMany(failures, items.size() < 0 ? Long.MAX_VALUE : items.size())) {
            fail();
        } else if (room != null) {
            Waiter<Boolean> resumed = room;
            room = null;
            resumed.resume(true);
        } else {
            endIfDone();
        }
    }

    private void endIfDone() {
        if (!exhausted || running > 0 || isFailed) {
            return;
        }
        if (errors.isTooMany(failures, started)) {
            fail();
        } else {
            end.tryComplete(started);
        }
    }

    /** Ends the body with the first failure; its scope then cancels what still runs. */
    private void fail() {
        isFailed = true;
        if (firstFailure != null) {
            end.tryFail(firstFailure);
        }
    }
}
