package dev.muster.task;

import dev.muster.loop.Timer;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A wait for several tasks: the common part of gather, race, wait and {@link Joiner}. On the loop only.
 *
 * <p>It ends when every task has ended, unless a subclass ends it earlier. A cancel of the waiting task, or a time-out of
 * the wait, cancels all tasks; the wait still lasts until they have ended.
 */
abstract class Joining<T, R> implements Parking<R>, Consumer<Task<? extends T>> {

    final Scope scope;
    final List<? extends Task<? extends T>> tasks;
    private final @Nullable Duration limit;
    private int running;
    private @Nullable Waiter<R> waiter;
    private @Nullable Timer timer;
    private @Nullable Throwable stopped;
    private LaterFailures.@Nullable Collector later;

    Joining(Scope scope, List<? extends Task<? extends T>> tasks, @Nullable Duration limit) {
        this.scope = scope;
        this.tasks = List.copyOf(tasks);
        this.limit = limit;
        this.running = tasks.size();
    }

    /** Processes the end of a task; not called any more once the wait is being stopped. */
    abstract void taskEnded(Task<? extends T> task) throws Exception;

    /** The outcome of the wait, once every task has ended or the subclass has called {@link #finish}. */
    abstract Future<R> result();

    /** Handles the time-out of the wait. */
    void timeIsUp(CancelReason reason) {
        stop(reason);
    }

    /** Whether the outcome is fixed, so that a cancel or a time-out can no longer change it. */
    abstract boolean isDecided();

    final Future<R> run(String on) {
        requireSameLoop(scope, tasks, on);
        for (Task<? extends T> task : tasks) {
            Join.requireOther((TaskNode<?>) task, (TaskNode<?>) scope.task());
        }
        return scope.suspend(on, this);
    }

    /** Waits for several tasks under a custom policy. */
    static <T, R> Future<R> run(Scope scope, List<? extends Task<? extends T>> tasks, Joiner<T, R> joiner) {
        return new Custom<T, R>(scope, tasks, joiner).run("join");
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
        if (stopped != null) {
            addLater(task);
        } else {
            try {
                taskEnded(task);
            } catch (Throwable thrown) {
                stopped = thrown;
                cancelAll(CancelReason.failure(scope.task().path(), thrown));
            }
        }
        if (running == 0) {
            finish();
        }
    }

    /** Records the failures of a task that ended after the outcome was fixed. */
    final void addLater(Task<? extends T> ended) {
        if (ended.state() == State.FINISHED) {
            return;
        }
        later().add(ended.failure());
        addLaterBeside(ended);
    }

    /** Records the later failures of a task, without its own failure. */
    final void addLaterBeside(Task<? extends T> ended) {
        LaterFailures beside = ended.laterFailures();
        if (beside.count() > 0) {
            beside.kept().forEach(later()::add);
        }
    }

    private LaterFailures.Collector later() {
        if (later == null) {
            later = new LaterFailures.Collector();
        }
        return later;
    }

    /** Ends the wait. A second call does nothing. */
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
            resumed.fail(withLater(stopped));
            return;
        }
        Future<R> result;
        try {
            result = result();
        } catch (Throwable thrown) {
            result = Future.failedFuture(thrown);
        }
        if (result.failed()) {
            resumed.fail(withLater(result.cause()));
        } else {
            resumed.resume(result.result());
        }
    }

    /** Attaches the later failures: to an exception of the kernel's own directly, else to the waiting task. */
    private Throwable withLater(Throwable failure) {
        if (later == null) {
            return failure;
        }
        LaterFailures all = later.all();
        if (failure instanceof TimedOutException timedOut) {
            return timedOut.with(all);
        }
        if (failure instanceof CancelledException cancelled) {
            return cancelled.with(all);
        }
        Ending.setLater((TaskNode<?>) scope.task(), all);
        return failure;
    }

    final boolean isOver() {
        return waiter == null;
    }

    final void cancelAll(CancelReason reason) {
        TreeCancel.run(tasks, reason);
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

    /** The wait for several tasks under a custom {@link Joiner}. */
    private static final class Custom<T, R> extends Joining<T, R> {

        private final Joiner<T, R> joiner;
        private boolean enough;

        Custom(Scope scope, List<? extends Task<? extends T>> tasks, Joiner<T, R> joiner) {
            super(scope, tasks, null);
            this.joiner = Objects.requireNonNull(joiner, "a joiner");
        }

        @Override
        void taskEnded(Task<? extends T> task) throws Exception {
            if (enough) {
                addLater(task);
                return;
            }
            enough = joiner.taskEnded(task);
            if (enough) {
                cancelAll(CancelReason.notNeeded(task.path(), task.path() + " was enough"));
            }
        }

        @Override
        boolean isDecided() {
            return enough;
        }

        @Override
        Future<R> result() {
            try {
                return Future.succeededFuture(joiner.result());
            } catch (Exception thrown) {
                return Future.failedFuture(thrown);
            }
        }
    }
}
