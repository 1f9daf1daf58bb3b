package dev.muster.task;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Runs one body for each of many items, with bounded concurrency.
 *
 * <p>An item is taken from the source only when it can be started at once, so that a long source is never held in memory.
 * When too many items have failed, no more are started and the running ones are cancelled. An item whose body was not
 * begun because of a cancel is {@linkplain Items#giveBack given back} to its source; a failure of that is kept with the
 * later failures.
 *
 * @param <I> an item
 * @param <T> the result of one item
 */
public final class Each<I, T> {

    /** The body for one item. */
    @FunctionalInterface
    public interface ItemBody<I, T> {
        /** Starts the work for an item, as {@link Body#run}. The index counts from 0. */
        Future<T> run(Scope scope, I item, long index) throws Exception;
    }

    /** The receiver of item outcomes, in the order of completion, until the whole fails. */
    @FunctionalInterface
    public interface Sink<T> {
        /**
         * Receives the outcome of the item at this index, which counts from 0. Runs on the loop and must not block. An
         * exception fails the whole.
         */
        void accept(long index, Outcome<T> outcome);
    }

    private final Scope scope;
    private final int concurrency;
    private final Errors errors;
    private final Items<I> items;
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

    /** Items whose bodies did not begin, the last taken first. */
    private @Nullable TreeMap<Long, I> notBegun;

    private Each(
            Scope scope, int concurrency, Errors errors, Items<I> items, ItemBody<? super I, T> body, Sink<T> sink) {
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
     * @param concurrency the maximum number of items at once, at least 1
     * @param errors the policy for failed items
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
        Objects.requireNonNull(errors, "what errors mean");
        Objects.requireNonNull(items, "the items");
        Objects.requireNonNull(body, "the body of an item");
        Objects.requireNonNull(sink, "the sink");
        @SuppressWarnings("unchecked") // items are given back only to the source that produced them
        var source = (Items<I>) items;
        return scope.start(name, own -> new Each<I, T>(own, concurrency, errors, source, body, sink).run());
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

    /** Waits for the next item as for any future, so that a cancel ends the wait. */
    private Future<Optional<I>> nextItem() {
        Future<Optional<I>> next = items.next(scope);
        return next.isComplete()
                ? next
                : scope.await("the next item", next, reason -> true, late -> late.ifPresent(items::giveBack));
    }

    private boolean startItem(Optional<I> next) {
        if (next.isEmpty()) {
            return false;
        }
        I item = next.get();
        if (isFailed || scope.isCancelled()) {
            items.giveBack(item);
            return false;
        }
        long index = started++;
        running++;
        scope.start("[" + index + "]", own -> body.run(own, item, index)).onEnd(task -> ended(index, item, task));
        return true;
    }

    private void ended(long index, I item, Task<T> task) {
        running--;
        if (((TaskNode<T>) task).startedNanos < 0) {
            notBegun = notBegun == null ? new TreeMap<>(Comparator.reverseOrder()) : notBegun;
            notBegun.put(index, item);
        }
        if (!isFailed) {
            try {
                judge(index, task);
            } catch (Throwable thrown) {
                firstFailure = thrown;
                fail();
            }
        }
        if (running == 0 && notBegun != null) {
            Map<Long, I> back = notBegun;
            notBegun = null;
            back.values().forEach(this::giveBack);
        }
    }

    private void giveBack(I item) {
        try {
            items.giveBack(item);
        } catch (Throwable thrown) {
            Ending.addLater((TaskNode<?>) scope.task(), thrown);
        }
    }

    /** Applies the outcome of an item to the whole. Calls users' code, which can throw anything. */
    private void judge(long index, Task<T> task) {
        boolean failed = task.state() != State.FINISHED;
        sink.accept(index, task.outcome());
        if (failed) {
            failures++;
            firstFailure = firstFailure == null ? task.failure() : firstFailure;
        }
        if (failed && isTooMany()) {
            fail();
        } else if (room != null) {
            Waiter<Boolean> resumed = room;
            room = null;
            resumed.resume(true);
        } else {
            endIfDone();
        }
    }

    private boolean isTooMany() {
        long size = items.size();
        return errors.isTooMany(failures, size < 0 ? Long.MAX_VALUE : size);
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

    /** Fails the body with the first failure; its scope then cancels the running items. */
    private void fail() {
        isFailed = true;
        if (firstFailure != null) {
            end.tryFail(firstFailure);
        }
    }
}
