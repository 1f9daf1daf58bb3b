package dev.muster.sync;

import dev.muster.loop.Loop;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Handover;
import dev.muster.task.Parking;
import dev.muster.task.Scope;
import dev.muster.task.Undo;
import dev.muster.task.Waiter;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The queue of waiting tasks of one loop. A cancelled task leaves it in constant time.
 *
 * @param <A> what a place requests or brings
 * @param <T> the value with which a place is resumed
 */
final class Waiters<A, T> {

    /** The callback for granted values: reports whether the value reached its task or comes back. */
    interface Granting<A, T> {
        void handedOver(Place<A, T> place, @Nullable T value, boolean delivered);
    }

    private final String on;
    private final Runnable afterLeaving;
    private final @Nullable Granting<A, T> granting;
    private final Line<Place<A, T>> line = new Line<>();

    /** Creates a queue whose places are resumed without a value that could be lost. */
    Waiters(String on) {
        this(on, () -> {}, null);
    }

    /**
     * Creates an empty queue.
     *
     * @param on the label of the wait
     * @param afterLeaving runs after a cancelled task has left, as the next ones can now be served
     * @param granting the callback for every granted value, or null if none is granted
     */
    Waiters(String on, Runnable afterLeaving, @Nullable Granting<A, T> granting) {
        this.on = on;
        this.afterLeaving = afterLeaving;
        this.granting = granting;
    }

    /** Waits at the end of the queue. */
    Future<T> join(Scope scope, A asks) {
        return scope.suspend(on, place(scope, asks));
    }

    /** Waits at the end of the queue with a time limit, null for none. */
    Future<T> join(Scope scope, A asks, @Nullable Duration limit) {
        return limit == null ? join(scope, asks) : scope.suspend(on, limit, place(scope, asks));
    }

    private Place<A, T> place(Scope scope, A asks) {
        return granting == null ? new Place<>(this, scope, asks) : new Granted<>(this, scope, asks, granting);
    }

    int size() {
        return line.size();
    }

    boolean isEmpty() {
        return line.first() == null;
    }

    @Nullable
    Place<A, T> first() {
        return line.first();
    }

    /** Removes the first place, to be resumed. */
    @Nullable
    Place<A, T> poll() {
        Place<A, T> head = line.first();
        if (head != null) {
            line.remove(head);
        }
        return head;
    }

    static void requireLoop(Loop loop, Object used) {
        if (!loop.inLoop()) {
            throw new IllegalStateException(used.getClass().getSimpleName() + " belongs to " + loop
                    + " and is used on another thread; carry the call there with execute(...)");
        }
    }

    static <T> Future<T> cancelled(CancelReason reason) {
        return Future.failedFuture(new CancelledException(reason));
    }

    /** The place of one task. */
    static class Place<A, T> extends Line.Place<Place<A, T>> implements Parking<T>, Undo {
        final Scope scope;
        final A asks;
        private final Waiters<A, T> among;
        private @Nullable Waiter<T> waiter;

        /** The arrival number of the item it was given; unused in other queues. */
        long number;

        Place(Waiters<A, T> among, Scope scope, A asks) {
            this.among = among;
            this.scope = scope;
            this.asks = asks;
        }

        @Override
        public Undo park(Waiter<T> waiter) {
            this.waiter = waiter;
            among.line.append(this);
            return this;
        }

        @Override
        public boolean undo(CancelReason reason) {
            among.line.remove(this);
            among.afterLeaving.run();
            return true;
        }

        void resume(@Nullable T value) {
            if (waiter != null) {
                waiter.resume(value);
            }
        }

        void fail(Throwable failure) {
            if (waiter != null) {
                waiter.fail(failure);
            }
        }
    }

    /** A place that is granted a value. */
    private static final class Granted<A, T> extends Place<A, T> implements Handover<T> {
        private final Granting<A, T> granting;

        Granted(Waiters<A, T> among, Scope scope, A asks, Granting<A, T> granting) {
            super(among, scope, asks);
            this.granting = granting;
        }

        @Override
        public void handedOver(@Nullable T value, boolean delivered) {
            granting.handedOver(this, value, delivered);
        }
    }
}
