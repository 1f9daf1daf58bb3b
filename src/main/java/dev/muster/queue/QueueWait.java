package dev.muster.queue;

import dev.muster.loop.Loop;
import dev.muster.sync.Line;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Parking;
import dev.muster.task.Scope;
import dev.muster.task.Undo;
import dev.muster.task.Waiter;
import io.vertx.core.Completable;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who waits at a queue, on whichever loop. What becomes of the wait is decided on the queue's loop alone: a cancel
 * from elsewhere goes there and the answer comes back, so that nothing is handed to a wait that is over.
 *
 * @param <A> what it asks for or brings
 * @param <T> what it is answered with
 */
final class QueueWait<A, T> extends Line.Place<QueueWait<A, T>> implements Parking<T>, Undo {

    /** Where it waits; on the queue's loop. */
    interface At<A, T> {
        void arrive(QueueWait<A, T> wait);

        /** Whether it could leave; if not, it will be answered, or was. */
        boolean leave(QueueWait<A, T> wait, CancelReason reason);
    }

    enum Phase {
        /** Not there yet. */
        COMING,
        WAITING,
        OVER
    }

    final A asks;
    Phase phase = Phase.COMING;

    /** Why it would leave, once it wants to and cannot. */
    @Nullable
    CancelReason wantsToLeave;

    private final Loop loop;
    private final At<A, T> at;
    private final boolean isLocal;
    private @Nullable Completable<T> answer;

    /** A task's wait. */
    QueueWait(Loop loop, At<A, T> at, A asks, Scope scope) {
        this.loop = loop;
        this.at = at;
        this.asks = asks;
        this.isLocal = scope.loop() == loop;
    }

    /** The wait of somebody who only tries. */
    QueueWait(Loop loop, At<A, T> at, A asks, Completable<T> answer) {
        this.loop = loop;
        this.at = at;
        this.asks = asks;
        this.isLocal = true;
        this.answer = answer;
    }

    /** Whether it only tries: it has no task that could be cancelled. */
    boolean onlyTries() {
        return !(answer instanceof Waiter);
    }

    @Override
    public Undo park(Waiter<T> waiter) {
        answer = waiter;
        if (isLocal) {
            at.arrive(this);
        } else {
            loop.execute(() -> {
                if (phase == Phase.COMING) {
                    at.arrive(this);
                }
            });
        }
        return this;
    }

    @Override
    public boolean undo(CancelReason reason) {
        if (isLocal) {
            return leave(reason);
        }
        loop.execute(() -> {
            if (phase != Phase.OVER && leave(reason)) {
                fail(new CancelledException(reason));
            }
        });
        return false;
    }

    private boolean leave(CancelReason reason) {
        wantsToLeave = reason;
        boolean left = phase == Phase.COMING || at.leave(this, reason);
        phase = left ? Phase.OVER : phase;
        return left;
    }

    void answer(@Nullable T value) {
        phase = Phase.OVER;
        if (answer != null) {
            answer.succeed(value);
        }
    }

    void fail(Throwable failure) {
        phase = Phase.OVER;
        if (answer != null) {
            answer.fail(failure);
        }
    }
}
