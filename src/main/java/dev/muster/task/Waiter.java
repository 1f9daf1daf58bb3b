package dev.muster.task;

import dev.muster.loop.OutOfMemory;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/**
 * A parked task's place in somebody's line: whoever holds it resumes it once, from any thread.
 *
 * <p>Resuming takes effect in a step of its own on the loop, so that nobody's code runs inside the caller. Once it is
 * resumed a cancel comes too late for this wait: what it was resumed with (a permit, an item) is delivered and not lost.
 *
 * @param <T> what is waited for
 */
public final class Waiter<T> implements Completable<T>, Runnable {

    private enum Phase {
        PARKING,
        PARKED,
        STOPPING,
        RESUMED,
        OVER
    }

    final TaskNode<?> task;
    final String on;

    @Nullable
    Waiter<?> next;

    @Nullable
    Waiter<?> previous;

    private final Promise<T> promise = Promise.promise();
    private Phase phase = Phase.PARKING;
    private @Nullable Undo undo;
    private @Nullable T value;
    private @Nullable Throwable failure;

    Waiter(TaskNode<?> task, String on) {
        this.task = task;
        this.on = on;
    }

    Future<T> park(Parking<T> parking) {
        Undo parked;
        try {
            parked = parking.park(this);
        } catch (Throwable t) {
            fail(t);
            return promise.future();
        }
        if (phase == Phase.PARKING) {
            phase = Phase.PARKED;
            undo = parked;
            if (task.cancelReason() != null) {
                cancel(task.cancelReason());
            }
        }
        return promise.future();
    }

    /** Ends the wait with a value. The second call, and one after the wait was taken back, does nothing. */
    public void resume(@Nullable T value) {
        complete(value, null);
    }

    /** Ends the wait with a failure. The second call does nothing. */
    @Override
    public void fail(Throwable failure) {
        complete(null, failure);
    }

    /** The task that waits. */
    public Task<?> task() {
        return task;
    }

    /** Whether it can still be resumed. On the loop only; a line skips those that cannot. */
    public boolean isWaiting() {
        return phase.compareTo(Phase.STOPPING) <= 0;
    }

    @Override
    public void complete(@Nullable T value, @Nullable Throwable failure) {
        if (!task.loop().inLoop()) {
            task.loop().execute(() -> complete(value, failure));
        } else if (isWaiting()) {
            phase = Phase.RESUMED;
            this.value = value;
            this.failure = failure;
            undo = null;
            task.loop().execute(this);
        }
    }

    /** Takes the wait back. One that is only just parking does so itself, once it knows how. */
    void cancel(CancelReason reason) {
        if (phase != Phase.PARKED) {
            return;
        }
        phase = Phase.STOPPING;
        Undo taken = undo;
        undo = null;
        TaskNode<?> before = task.tasks.enter(task);
        try {
            if (taken == null || taken.undo(reason)) {
                fail(new CancelledException(reason));
            }
        } catch (Throwable t) {
            fail(t);
        } finally {
            task.tasks.leave(task, before);
        }
    }

    /** Delivers; called by the loop. */
    @Override
    public void run() {
        if (phase != Phase.RESUMED) {
            return;
        }
        phase = Phase.OVER;
        task.resumed(this);
    }

    void deliver() {
        Throwable failed = failure;
        if (failed == null) {
            promise.complete(value);
        } else {
            OutOfMemory.check(failed);
            promise.fail(failed);
        }
    }
}
