package dev.muster.sync;

import dev.muster.loop.Loop;
import dev.muster.task.CancelReason;
import dev.muster.task.Each;
import dev.muster.task.Items;
import dev.muster.task.Scope;
import dev.muster.task.TimedOutException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue between tasks of one loop, with back-pressure: a put waits for room, a take waits for an item.
 *
 * <p>Waiters on both sides are served in order; even the try forms do not overtake them. A put that is cancelled or timed
 * out while it waits has added nothing. If a task is cancelled after it was handed an item but before it resumes, the
 * item is the next again. Up to {@code capacity} items can be on their way to takers, so the queue holds at most twice
 * its capacity; an {@link Each} that returns unbegun items adds its concurrency. On the loop only.
 *
 * <p>An operation that need not wait completes at once. To work in batches, take one item and then as many as are
 * available:
 * <pre>{@code
 * queue.take(scope).compose(first -> {
 *     var batch = new ArrayList<>(List.of(first));
 *     for (T next = queue.tryTake(); next != null && batch.size() < 100; next = queue.tryTake()) {
 *         batch.add(next);
 *     }
 *     return store(scope, batch);
 * });
 * }</pre>
 *
 * @param <T> an item; never null
 */
public final class Queue<T> {

    /**
     * The state of a queue at one moment.
     *
     * @param capacity the maximum number of items
     * @param size the number of items now
     * @param waitingPutters the number of tasks waiting for room
     * @param waitingTakers the number of tasks waiting for an item
     * @param unfinished the number of items put and not yet reported by {@link #taskDone}
     * @param closed whether the queue is closed
     */
    public record Statistics(
            int capacity, int size, int waitingPutters, int waitingTakers, long unfinished, boolean closed) {}

    private final Loop loop;
    private final int capacity;
    private final QueueItems<T> items;
    private final Waiters<T, Void> putters = new Waiters<>("room in a queue");
    private final Waiters<Queue<T>, T> takers = new Waiters<>("an item of a queue", () -> {}, this::handedOver);
    private final Waiters<Queue<T>, Void> joiners = new Waiters<>("the end of a queue's work");
    /** Items on their way to a taker that can still be cancelled. */
    private int handed;

    /** The number of items that have arrived; each item has such a number. */
    private long arrived;

    /** Whether a step is scheduled that hands returned items to the waiters. */
    private boolean servesSoon;

    private long unfinished;
    private boolean closed;

    /**
     * Creates a first-in, first-out queue for the tasks of this loop.
     *
     * @param capacity the maximum number of items, at least 1
     */
    public Queue(Loop loop, int capacity) {
        this(loop, capacity, QueueItems.fifo(capacity));
    }

    private Queue(Loop loop, int capacity, QueueItems<T> items) {
        if (capacity < 1) {
            throw new IllegalArgumentException("a queue holds at least 1 item, not " + capacity);
        }
        this.loop = loop;
        this.capacity = capacity;
        this.items = items;
    }

    /** Creates a last-in, first-out queue. Waiters for room or for an item are still served in order of arrival. */
    public static <T> Queue<T> lifo(Loop loop, int capacity) {
        return new Queue<>(loop, capacity, QueueItems.lifo(capacity));
    }

    /**
     * Creates a queue whose least item is taken first, and among equal items the first one put. Waiters for room or for
     * an item are still served in order of arrival, whatever their item. A put and a take cost logarithmic time.
     */
    public static <T> Queue<T> priority(Loop loop, int capacity, Comparator<? super T> order) {
        return new Queue<>(loop, capacity, QueueItems.sorted(order));
    }

    /** Waits for room and puts an item; fails with {@link QueueClosedException} if the queue is closed. */
    public Future<Void> put(Scope scope, T item) {
        return put(scope, item, null);
    }

    /**
     * As {@link #put(Scope, Object)}, with a time limit, null for none; fails with {@link TimedOutException} if it passes
     * first, and has added nothing.
     */
    public Future<Void> put(Scope scope, T item, @Nullable Duration limit) {
        CancelReason reason = scope.cancelReason();
        if (reason != null) {
            return Waiters.cancelled(reason);
        }
        if (closed) {
            return Future.failedFuture(closedToPuts());
        }
        return tryPut(item) ? Future.succeededFuture() : putters.join(scope, item, limit);
    }

    /**
     * Puts an item if there is room and no other task waits for room. Does not wait.
     *
     * @return false if there was no room
     * @throws QueueClosedException if the queue is closed
     */
    public boolean tryPut(T item) {
        Waiters.requireLoop(loop, this);
        Objects.requireNonNull(item, "an item");
        if (closed) {
            throw closedToPuts();
        }
        if (!hasRoom()) {
            return false;
        }
        accept(item);
        return true;
    }

    /** Waits for an item and takes it; fails with {@link QueueClosedException} once the queue is closed and empty. */
    public Future<T> take(Scope scope) {
        return take(scope, null);
    }

    /**
     * As {@link #take(Scope)}, with a time limit, null for none; fails with {@link TimedOutException} if it passes first,
     * and has taken nothing.
     */
    public Future<T> take(Scope scope, @Nullable Duration limit) {
        CancelReason reason = scope.cancelReason();
        if (reason != null) {
            return Waiters.cancelled(reason);
        }
        T item = tryTake();
        if (item != null) {
            return Future.succeededFuture(item);
        }
        if (isOver()) {
            return Future.failedFuture(closedAndEmpty());
        }
        return takers.join(scope, this, limit);
    }

    /** Takes the next item; null if there is none or other tasks wait for one, whether or not the queue is closed. Does not wait. */
    public @Nullable T tryTake() {
        Waiters.requireLoop(loop, this);
        if (!takers.isEmpty()) {
            return null;
        }
        T item = items.poll();
        if (item != null) {
            letIn();
            dismissTakers();
        }
        return item;
    }

    /**
     * The items as a source for {@link Each}. The source ends when the queue is closed and empty; items taken but not
     * begun return to the queue. {@link #taskDone} for a begun item must be called by the code that processes it.
     */
    public Items<T> items() {
        return new Taken();
    }

    /** Closes the queue: waiting and later puts fail; takes return the remaining items and then fail. Closing again does nothing. */
    public void close() {
        Waiters.requireLoop(loop, this);
        closed = true;
        for (var next = putters.poll(); next != null; next = putters.poll()) {
            next.fail(closedToPuts());
        }
        dismissTakers();
    }

    /** Whether the queue was closed. */
    public boolean isClosed() {
        return closed;
    }

    /** Waits until every item that was put has been reported by {@link #taskDone}. */
    public Future<Void> join(Scope scope) {
        Waiters.requireLoop(loop, this);
        CancelReason reason = scope.cancelReason();
        if (reason != null) {
            return Waiters.cancelled(reason);
        }
        return unfinished == 0 ? Future.succeededFuture() : joiners.join(scope, this);
    }

    /**
     * Reports that the work for one taken item is done.
     *
     * @throws IllegalStateException if called more often than items were put
     */
    public void taskDone() {
        Waiters.requireLoop(loop, this);
        if (unfinished == 0) {
            throw new IllegalStateException("taskDone() was called more often than items were put");
        }
        unfinished--;
        if (unfinished == 0) {
            for (var next = joiners.poll(); next != null; next = joiners.poll()) {
                next.resume(null);
            }
        }
    }

    /** The current statistics. */
    public Statistics statistics() {
        return new Statistics(capacity, items.size(), putters.size(), takers.size(), unfinished, closed);
    }

    private boolean hasRoom() {
        return items.size() < capacity;
    }

    /** Hands a new item to the first waiting taker, else stores it; throws what the comparator throws. */
    private void accept(T item) {
        if (takers.isEmpty() || items.size() > 0 || handed >= capacity) {
            items.add(item, arrived + 1);
            arrived++;
            unfinished++;
        } else {
            unfinished++;
            hand(item, ++arrived);
        }
    }

    private void hand(T item, long number) {
        var taker = takers.poll();
        if (taker != null) {
            handed++;
            taker.number = number;
            taker.resume(item);
        }
    }

    /** Processes the hand-over of an item: it has reached its taker, or comes back. */
    private void handedOver(Waiters.Place<Queue<T>, T> taker, @Nullable T item, boolean delivered) {
        handed--;
        if (!delivered && item != null) {
            items.giveBack(item, taker.number);
            serveSoon();
        } else if (closed || items.size() > 0) {
            serve();
        }
    }

    /** Hands returned items to the waiters in a later step: further items can return until then, and the order is kept. */
    private void serveSoon() {
        if (!servesSoon) {
            servesSoon = true;
            loop.execute(() -> {
                servesSoon = false;
                serve();
            });
        }
    }

    /** Hands stored items to the waiting takers, as many as can be on their way at once. */
    private void serve() {
        while (items.size() > 0 && handed < capacity && !takers.isEmpty()) {
            T item = Objects.requireNonNull(items.poll());
            hand(item, ++arrived);
        }
        letIn();
        dismissTakers();
    }

    /** Admits waiting puts while there is room. */
    private void letIn() {
        while (hasRoom()) {
            var putter = putters.poll();
            if (putter == null) {
                return;
            }
            try {
                accept(putter.asks);
            } catch (Throwable broken) {
                putter.fail(broken);
                continue;
            }
            putter.resume(null);
        }
    }

    /** Whether the queue is closed and no item is left or can come back. */
    private boolean isOver() {
        return closed && handed == 0 && items.size() == 0;
    }

    private void dismissTakers() {
        if (isOver()) {
            for (var next = takers.poll(); next != null; next = takers.poll()) {
                next.fail(closedAndEmpty());
            }
        }
    }

    private static QueueClosedException closedToPuts() {
        return new QueueClosedException("the queue is closed; it accepts no more items");
    }

    private static QueueClosedException closedAndEmpty() {
        return new QueueClosedException("the queue is closed and empty");
    }

    /** The items for an {@link Each}. */
    private final class Taken implements Items<T> {

        @Override
        public Future<Optional<T>> next() {
            throw new IllegalStateException("use next(scope) to get the next item of a queue");
        }

        @Override
        public Future<Optional<T>> next(Scope scope) {
            return take(scope)
                    .map(Optional::of)
                    .recover(thrown -> thrown instanceof QueueClosedException
                            ? Future.succeededFuture(Optional.empty())
                            : Future.failedFuture(thrown));
        }

        @Override
        public void giveBack(T item) {
            items.giveBackFirst(item);
            serveSoon();
        }
    }
}
