package dev.muster.task;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The wait for some of several tasks: separates done from pending tasks. Failures count as done. On the loop only.
 *
 * <p>A cancel of the waiting task cancels all of them. Tasks kept pending end with their own scope. Tasks are checked as
 * by {@link Gather}.
 */
public final class Wait {

    private Wait() {}

    /** The condition that ends a wait. */
    public enum Until {
        /** The first task that ends, with any outcome. */
        FIRST,
        /** The first task that ends without a value, or else the end of all. */
        FIRST_ERROR,
        /** The end of all. */
        ALL
    }

    /** The treatment of tasks that have not ended when the wait does. */
    public enum Pending {
        /** They are cancelled, and the wait lasts until they have ended. */
        CANCEL,
        /** They keep running. */
        KEEP
    }

    /**
     * The result of a wait.
     *
     * @param done the tasks that had ended by themselves, in the given order
     * @param pending the other tasks; with {@link Pending#CANCEL} they were cancelled by the wait and have ended
     */
    public record Result<T>(List<Task<T>> done, List<Task<T>> pending) {}

    /**
     * Waits.
     *
     * @param limit the time limit of the wait, or null for none; when it passes, the wait ends without an error, with the
     *     tasks done so far
     */
    public static <T> Future<Result<T>> run(
            Scope scope, List<Task<T>> tasks, Until until, @Nullable Duration limit, Pending pending) {
        return new Waiting<T>(scope, tasks, until, limit, pending).split();
    }

    private static final class Waiting<T> extends Joining<T, Result<T>> {
        private final List<Task<T>> all;
        private final Until until;
        private final Pending pending;

        /** Why the wait ended before all tasks had. */
        private @Nullable CancelReason settled;

        Waiting(Scope scope, List<Task<T>> tasks, Until until, @Nullable Duration limit, Pending pending) {
            super(scope, tasks, limit);
            this.all = List.copyOf(tasks);
            this.until = until;
            this.pending = pending;
        }

        /** Separates done from pending in the step in which the waiting task resumes, because more tasks can end until then. */
        Future<Result<T>> split() {
            return run("wait").map(ignored -> splitNow());
        }

        @Override
        void taskEnded(Task<? extends T> task) {
            boolean enough = until == Until.FIRST || (until == Until.FIRST_ERROR && task.state() != State.FINISHED);
            if (enough && !isOver()) {
                settle(CancelReason.notNeeded(task.name(), task.name() + " ended the wait"));
            }
        }

        @Override
        boolean isDecided() {
            return settled != null;
        }

        @Override
        void timeIsUp(CancelReason reason) {
            settle(reason);
        }

        @Override
        Future<Result<T>> result() {
            return Future.succeededFuture();
        }

        private void settle(CancelReason reason) {
            if (settled != null) {
                return;
            }
            settled = reason;
            if (pending == Pending.KEEP) {
                finish();
            } else {
                cancelAll(reason);
            }
        }

        private Result<T> splitNow() {
            var done = new ArrayList<Task<T>>();
            var unfinished = new ArrayList<Task<T>>();
            all.forEach(task -> (hasEndedByItself(task) ? done : unfinished).add(task));
            return new Result<>(done, unfinished);
        }

        private boolean hasEndedByItself(Task<T> task) {
            boolean wasStopped = task.state() == State.CANCELLED || task.state() == State.TIMED_OUT;
            return task.isDone() && !(wasStopped && settled != null && ((TaskNode<T>) task).cancelReason() == settled);
        }
    }
}
