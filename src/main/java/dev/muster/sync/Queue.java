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
 * A bounded queue between tasks of one loop: putting waits for room, taking waits for an item.
 *
 * <p>First come, first served on both sides: nobody overtakes those who wait, not even one who only tries. A put that was
 * cancelled while it waited has put nothing; an item that was handed to a task which is cancelled before it goes on is the
 * next again. As many items as the capacity may be on their way, so that the queue never holds more than twice its capacity,
 * and an {@link Each} that gives back what it has not begun adds its concurrency. On the loop only.
 *
 * <p>What need not wait completes at once. To work in batches, take one item and then as many as are there:
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
     * A queue at one moment.
     *
     * @param capacity how many items it holds
     * @param size how many it does hold
     * @param waitingPutters how many tasks wait for room
     * @param waitingTakers how many tasks wait for an item
     * @param unfinished how many items were put and not yet reported by {@link #taskDone}
     * @param closed whether it takes no more items
     */
    public record Statistics(
            int capacity, int size, int waitingPutters, int waitingTakers, long unfinished, boolean closed) {}

    private final Loop loop;
    private final int capacity;
    private final QueueItems<T> items;
    private final Waiters<T, Void> putters = new Waiters<>("room in a queue");
    private final Waiters<Queue<T>, T> takers = new Waiters<>("an item of a queue", () -> {}, this::handedOver);
    private final Waiters<Queue<T>, Void> joiners = new Waiters<>("the end of a queue's work");
    /** Items on their way to a taker, who may turn out to be cancelled. */
    private int handed;

    /** How many items have arrived: each has a number. */
    private long arrived;

    /** Whether a step is due that gives what came back to those who wait. */
    private boolean servesSoon;

    private long unfinished;
    private boolean closed;

    /** A queue for this many items, at least 1, and for the tasks of this loop: the first item put is the first taken. */
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

    /** A queue whose last item is taken first. Those who wait, for room or for an item, still do so in their order. */
    public static <T> Queue<T> lifo(Loop loop, int capacity) {
        return new Queue<>(loop, capacity, QueueItems.lifo(capacity));
    }

    /**
     * A queue whose least item is taken first, of equal ones the first put. Those who wait, for room or for an item, still do
     * so in their order, whatever they bring. An item costs logarithmic time.
     */
    public static <T> Queue<T> priority(Loop loop, int capacity, Comparator<? super T> order) {
        return new Queue<>(loop, capacity, QueueItems.sorted(order));
    }

    /** Puts an item, once there is room; fails with {@link QueueClosedException} if the queue is closed. */
    public Future<Void> put(Scope scope, T item) {
        return put(scope, item, null);
    }

    /** As {@link #put(Scope, Object)}; fails with {@link TimedOutException} if there is no room for so long, and has put nothing. */
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
     * Puts an item if there is room and nobody waits for it.
     *
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

    /** Takes the first item, once there is one; fails with {@link QueueClosedException} once it is closed and empty. */
    public Future<T> take(Scope scope) {
        return take(scope, null);
    }

    /** As {@link #take(Scope)}; fails with {@link TimedOutException} if there is none for so long, and has taken nothing. */
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

    /** Takes the first item; null if there is none or others wait for it, whether the queue is closed or not. */
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
     * The items as a source for {@link Each}: it ends when the queue is closed and empty, and what was taken and not begun
     * comes back here. An item that was begun is {@linkplain #taskDone done} when whoever works on it says so.
     */
    public Items<T> items() {
        return new Taken();
    }

    /**
     * Takes no more items: waiting and later puts fail, takes get what is left and then fail. Closing again does nothing.
     */
    public void close() {
        Waiters.requireLoop(loop, this);
        closed = true;
        for (var next = putters.poll(); next != null; next = putters.poll()) {
            next.fail(closedToPuts());
        }
        dismissTakers();
    }

    /** Whether it was closed. */
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
     * @throws IllegalStateException if it is called more often than items were put
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

    /** What can be told of it at this moment. */
    public Statistics statistics() {
        return new Statistics(capacity, items.size(), putters.size(), takers.size(), unfinished, closed);
    }

    private boolean hasRoom() {
        return items.size() < capacity;
    }

    /** Gives a new item to the first who waits for one, else to the line of items; throws what a comparator throws. */
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

    /** An item has reached its taker, or comes back. */
    private void handedOver(Waiters.Place<Queue<T>, T> taker, @Nullable T item, boolean delivered) {
        handed--;
        if (!delivered && item != null) {
            items.giveBack(item, taker.number);
            serveSoon();
        } else if (closed || items.size() > 0) {
            serve();
        }
    }

    /** What came back goes to those who wait, in a step of its own: until then more may come back, and it keeps its order. */
    private void serveSoon() {
        if (!servesSoon) {
            servesSoon = true;
            loop.execute(() -> {
                servesSoon = false;
                serve();
            });
        }
    }

    /** Items that are there go to those who wait, as many as may be on their way at once. */
    private void serve() {
        while (items.size() > 0 && handed < capacity && !takers.isEmpty()) {
            T item = Objects.requireNonNull(items.poll());
            hand(item, ++arrived);
        }
        letIn();
        dismissTakers();
    }

    /** There is room now: the first who waits for it gets it. */
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

    /** Closed, and nothing is left nor can come back. */
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
        return new QueueClosedException("the queue is closed; it takes no more items");
    }

    private static QueueClosedException closedAndEmpty() {
        return new QueueClosedException("the queue is closed and empty");
    }

    /** The items for an {@link Each}. */
    private final class Taken implements Items<T> {

        @Override
        public Future<Optional<T>> next() {
            throw new IllegalStateException("a queue is asked for its next item by a scope: next(scope)");
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
