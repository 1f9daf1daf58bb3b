package dev.muster.task;

import dev.muster.loop.Timer;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One wait for several tasks: what gather, race and wait have in common. On the loop only.
 *
 * <p>It ends when every task has ended, unless the kind of wait ends it earlier. A cancel of the waiting task, and a
 * time-out of the wait, stop all tasks, and the wait still lasts until they have ended.
 */
abstract class Joining<T, R> implements Parking<R>, Consumer<Task<? extends T>> {

    final Scope scope;
    final List<? extends Task<? extends T>> tasks;
    private final @Nullable Duration limit;
    private int running;
    private @Nullable Waiter<R> waiter;
    private @Nullable Timer timer;
    private @Nullable Throwable stopped;

    Joining(Scope scope, List<? extends Task<? extends T>> tasks, @Nullable Duration limit) {
        this.scope = scope;
        this.tasks = tasks;
        this.limit = limit;
        this.running = tasks.size();
    }

    /** A task has ended; not called any more once the wait is being stopped. */
    abstract void taskEnded(Task<? extends T> task);

    /** What the wait gives, once every task has ended or the kind of wait has said {@link #finish}. */
    abstract Future<R> result();

    /** The wait's own time is up. */
    void timeIsUp(CancelReason reason) {
        stop(reason);
    }

    /** Whether the outcome stands already, so that a cancel or time-out can no longer change it. */
    abstract boolean isDecided();

    final Future<R> run(String on) {
        requireSameLoop(scope, tasks, on);
        return scope.suspend(on, this);
    }

    static void requireSameLoop(Scope scope, List<? extends Task<?>> tasks, String what) {
        for (Task<?> task : tasks) {
            if (((TaskNode<?>) task).loop() != scope.loop()) {
                throw new IllegalArgumentException("task " + task.path() + " lives on another loop, out of reach of "
                        + what + "; start a child here that joins it");
            }
        }
    }

    @Override
    public final Undo park(Waiter<R> waiter) {
        this.waiter = waiter;
        for (Task<? extends T> task : tasks) {
            task.onEnd(this);
        }
        if (tasks.isEmpty()) {
            finish();
        } else if (limit != null) {
            timer = scope.loop()
                    .schedule(
                            limit,
                            () -> timeIsUp(CancelReason.timeout(scope.task().path(), limit)));
        }
        return reason -> {
            stop(reason);
            return running == 0;
        };
    }

    @Override
    public final void accept(Task<? extends T> task) {
        running--;
        if (stopped == null) {
            taskEnded(task);
        } else {
            Later.attach(stopped, task);
        }
        if (running == 0) {
            finish();
        }
    }

    /** Ends the wait now. The second time does nothing. */
    final void finish() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        Waiter<R> resumed = waiter;
        waiter = null;
        if (resumed == null) {
            return;
        }
        if (running > 0) {
            tasks.forEach(task -> ((TaskNode<?>) task).forget(this));
        }
        if (stopped != null) {
            resumed.fail(stopped);
        } else {
            result().onComplete(resumed);
        }
    }

    final boolean isOver() {
        return waiter == null;
    }

    final void cancelAll(CancelReason reason) {
        for (Task<? extends T> task : tasks) {
            if (!task.isDone()) {
                task.cancel(reason);
            }
        }
    }

    private void stop(CancelReason reason) {
        if (stopped == null && !isDecided()) {
            stopped = reason.kind() == CancelReason.Kind.TIMEOUT
                    ? new TimedOutException(reason, names(true), names(false))
                    : new CancelledException(reason);
        }
        cancelAll(reason);
    }

    private List<String> names(boolean done) {
        var names = new ArrayList<String>();
        for (Task<? extends T> task : tasks) {
            if (task.isDone() == done) {
                names.add(task.name());
            }
        }
        return names;
    }
}
