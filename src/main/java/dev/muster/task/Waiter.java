package dev.muster.task;

import dev.muster.loop.OutOfMemory;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/**
 * The handle that resumes a parked task, once and from any thread.
 *
 * <p>Resuming takes effect in a later step on the loop, so that the task's code never runs inside the caller. If a cancel
 * comes in between, the effect depends on the undo. With a {@link Handover} the value goes back at once and the task gets
 * a {@link CancelledException}. With any other undo the cancel is too late for this wait: the value is delivered, and the
 * next wait fails.
 *
 * @param <T> the awaited value
 */
public final class Waiter<T> implements Completable<T>, Runnable {

    private enum Phase {
        PARKING,
        PARKED,
        STOPPING,
        RESUMED,
        FAILED,
        OVER
    }

    final TaskNode<?> task;
    final String on;
    final @Nullable Limit limit;

    @Nullable
    Waiter<?> next;

    @Nullable
    Waiter<?> previous;

    private final Promise<T> promise;
    private Phase phase = Phase.PARKING;
    private @Nullable Undo undo;

    /** The value in phase RESUMED, the failure in phase FAILED. */
    private @Nullable Object outcome;

    Waiter(TaskNode<?> task, String on, @Nullable Limit limit) {
        this.task = task;
        this.on = on;
        this.limit = limit;
        this.promise = task.loop().promise();
    }

    @SuppressWarnings("ConstantValue") // parkings are users' code and may return null
    Future<T> park(Parking<T> parking) {
        Undo parked;
        try {
            parked = parking.park(this);
        } catch (Throwable t) {
            fail(t);
            return promise.future();
        }
        if (parked == null) {
            fail(new NullPointerException("the parking of the wait for " + on + " returned null, not an undo"));
        } else if (phase == Phase.PARKING) {
            phase = Phase.PARKED;
            undo = parked;
            if (task.cancelReason() != null) {
                cancel(task.cancelReason());
            } else if (limit != null && limit.passedReason() != null) {
                cancel(limit.passedReason());
            }
        } else if (phase == Phase.RESUMED && parked instanceof Handover) {
            undo = parked;
        }
        return promise.future();
    }

    /** Ends the wait with a value. Does nothing if the wait has ended. Safe on any thread. */
    public void resume(@Nullable T value) {
        complete(value, null);
    }

    /** Ends the wait with a failure. Does nothing if the wait has ended. Safe on any thread. */
    @Override
    public void fail(Throwable failure) {
        complete(null, failure);
    }

    /** The waiting task. */
    public Task<?> task() {
        return task;
    }

    /** Whether it can still be resumed; a queue of waiters skips those that cannot. On the loop only. */
    public boolean isWaiting() {
        return phase.compareTo(Phase.STOPPING) <= 0;
    }

    @Override
    public void complete(@Nullable T value, @Nullable Throwable failure) {
        if (!task.loop().inLoop()) {
            task.loop().execute(() -> complete(value, failure));
        } else if (isWaiting()) {
            boolean stopping = phase == Phase.STOPPING;
            phase = failure == null ? Phase.RESUMED : Phase.FAILED;
            outcome = failure == null ? value : failure;
            if (failure != null || stopping || !(undo instanceof Handover)) {
                undo = null;
            }
            task.loop().execute(this);
        }
    }

    /**
     * Undoes the wait. If the parking has not returned yet, it undoes the wait itself once the undo is known.
     *
     * @param reason of kind TIMEOUT, and not the task's own cancel reason, if a limit of the wait passed
     */
    void cancel(CancelReason reason) {
        if (phase == Phase.RESUMED && undo instanceof Handover && reason == task.cancelReason()) {
            giveBack(reason);
        }
        if (phase != Phase.PARKED) {
            return;
        }
        phase = Phase.STOPPING;
        Undo taken = undo;
        undo = null;
        TaskNode<?> before = task.tasks.enter(task);
        try {
            if (taken == null || taken.undo(reason)) {
                fail(stopped(reason));
            }
        } catch (Throwable t) {
            fail(t);
        } finally {
            task.tasks.leave(task, before);
        }
    }

    private Throwable stopped(CancelReason reason) {
        return reason == task.cancelReason() ? new CancelledException(reason) : TimedOutException.of(reason);
    }

    /** Returns the granted value; the pending step delivers the cancel instead. */
    private void giveBack(CancelReason reason) {
        Object value = outcome;
        phase = Phase.FAILED;
        outcome = stopped(reason);
        try {
            handOver(value, false);
        } catch (Throwable t) {
            outcome = t;
        }
    }

    @SuppressWarnings("unchecked") // the undo and the value belong to this waiter
    private void handOver(@Nullable Object value, boolean delivered) {
        Undo taken = undo;
        undo = null;
        if (taken instanceof Handover<?> handover) {
            ((Handover<T>) handover).handedOver((T) value, delivered);
        }
    }

    /** Delivers the outcome; called by the loop. */
    @Override
    public void run() {
        if (phase == Phase.RESUMED || phase == Phase.FAILED) {
            task.resumed(this);
        } else {
            Invariants.broken(task, Invariants.RESUMED_ONCE);
        }
    }

    @SuppressWarnings("unchecked") // the type of the value it was resumed with
    void deliver() {
        Phase how = phase;
        phase = Phase.OVER;
        if (how == Phase.RESUMED) {
            try {
                handOver(outcome, true);
            } catch (Throwable t) {
                OutOfMemory.check(t);
                promise.fail(t);
                return;
            }
            promise.complete((T) outcome);
        } else if (outcome instanceof Throwable failure) {
            OutOfMemory.check(failure);
            promise.fail(failure);
        }
    }
}
