package dev.muster.sync;

import dev.muster.loop.Loop;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Parking;
import dev.muster.task.Scope;
import dev.muster.task.Undo;
import dev.muster.task.Waiter;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that wait in the order in which they came. A cancelled one leaves in constant time.
 *
 * @param <A> what a place asks for or brings
 * @param <T> what a place is resumed with
 */
final class Line<A, T> {

    private final String on;
    private final Runnable afterLeaving;
    private @Nullable Place<A, T> first;
    private @Nullable Place<A, T> last;
    private int size;

    Line(String on) {
        this(on, () -> {});
    }

    /**
     * A line.
     *
     * @param on what is waited for here
     * @param afterLeaving what to do when a cancelled task has left: those behind it may be next
     */
    Line(String on, Runnable afterLeaving) {
        this.on = on;
        this.afterLeaving = afterLeaving;
    }

    /** Waits at the end of the line. */
    Future<T> join(Scope scope, A asks) {
        return scope.suspend(on, new Place<>(this, scope, asks));
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return first == null;
    }

    @Nullable
    Place<A, T> first() {
        return first;
    }

    /** Takes the first place out, to be resumed. */
    @Nullable
    Place<A, T> poll() {
        Place<A, T> head = first;
        if (head != null) {
            remove(head);
        }
        return head;
    }

    private void add(Place<A, T> place) {
        place.before = last;
        if (last == null) {
            first = place;
        } else {
            last.behind = place;
        }
        last = place;
        size++;
    }

    private void remove(Place<A, T> place) {
        if (place.before == null) {
            first = place.behind;
        } else {
            place.before.behind = place.behind;
        }
        if (place.behind == null) {
            last = place.before;
        } else {
            place.behind.before = place.before;
        }
        place.before = null;
        place.behind = null;
        size--;
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

    /** One task's place. */
    static final class Place<A, T> implements Parking<T>, Undo {
        final Scope scope;
        final A asks;
        private final Line<A, T> line;
        private @Nullable Waiter<T> waiter;
        private @Nullable Place<A, T> before;
        private @Nullable Place<A, T> behind;

        Place(Line<A, T> line, Scope scope, A asks) {
            this.line = line;
            this.scope = scope;
            this.asks = asks;
        }

        @Override
        public Undo park(Waiter<T> waiter) {
            this.waiter = waiter;
            line.add(this);
            return this;
        }

        @Override
        public boolean undo(CancelReason reason) {
            line.remove(this);
            line.afterLeaving.run();
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
}
