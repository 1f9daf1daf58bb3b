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
 * A wait at a queue, from any loop. Its outcome is decided on the queue's loop only: a cancel from another loop goes there and
 * the result comes back, so that nothing is handed to a wait that is over.
 *
 * @param <A> what the wait carries: the jobs of a put, the number of jobs of a take
 * @param <T> the result
 */
final class QueueWait<A, T> extends Line.Place<QueueWait<A, T>> implements Parking<T>, Undo {

    /** The line where the wait stands. Runs on the queue's loop. */
    interface At<A, T> {
        void arrive(QueueWait<A, T> wait);

        /** Removes the wait. Returns false if it cannot leave: then it completes, or has completed, with a result. */
        boolean leave(QueueWait<A, T> wait, CancelReason reason);
    }

    enum Phase {
        /** Not in the line yet. */
        COMING,
        WAITING,
        OVER
    }

    /** Waits in order of arrival. Runs on the queue's loop. */
    abstract static class Waiters<A, T> implements At<A, T> {

        final StoreCalls store;
        private final String queue;
        private final int maxWaiting;
        private final Line<QueueWait<A, T>> line = new Line<>();

        Waiters(StoreCalls store, String queue, int maxWaiting) {
            this.store = store;
            this.queue = queue;
            this.maxWaiting = maxWaiting;
        }

        /** Called after a wait has joined the line. */
        abstract void joined(QueueWait<A, T> wait);

        int waiting() {
            return line.size();
        }

        @Override
        public void arrive(QueueWait<A, T> wait) {
            if (store.isEnding()) {
                wait.fail(QueueException.ended(queue));
            } else if (line.size() >= maxWaiting) {
                wait.fail(QueueException.tooManyWait(queue, maxWaiting));
            } else {
                wait.phase = Phase.WAITING;
                line.append(wait);
                joined(wait);
            }
        }

        @Override
        public boolean leave(QueueWait<A, T> wait, CancelReason reason) {
            line.remove(wait);
            return true;
        }

        /** Completes every wait with this result. */
        void dismiss(@Nullable T result) {
            for (var next = poll(); next != null; next = poll()) {
                next.answer(result);
            }
        }

        void end(Throwable failure) {
            for (var next = poll(); next != null; next = poll()) {
                next.fail(failure);
            }
        }

        /** Removes and returns the first wait; null if there is none. */
        @Nullable
        QueueWait<A, T> poll() {
            QueueWait<A, T> first = line.first();
            if (first != null) {
                line.remove(first);
            }
            return first;
        }
    }

    final A asks;
    Phase phase = Phase.COMING;

    /** The reason of a cancel that could not remove the wait; null otherwise. */
    @Nullable
    CancelReason wantsToLeave;

    private final Loop loop;
    private final At<A, T> at;
    private final boolean isLocal;
    private @Nullable Completable<T> answer;

    /** The wait of a task. */
    QueueWait(Loop loop, At<A, T> at, A asks, Scope scope) {
        this.loop = loop;
        this.at = at;
        this.asks = asks;
        this.isLocal = scope.loop() == loop;
    }

    /** The wait of a {@code try} call, which has no task. */
    QueueWait(Loop loop, At<A, T> at, A asks, Completable<T> answer) {
        this.loop = loop;
        this.at = at;
        this.asks = asks;
        this.isLocal = true;
        this.answer = answer;
    }

    /** Whether this is the wait of a {@code try} call, which has no task that could be cancelled. */
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
