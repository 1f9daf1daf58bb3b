package dev.muster.task;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Waits for several tasks and returns their results or outcomes in the order of the tasks.
 *
 * <p>It completes only when every task has ended. A cancel of the waiting task cancels all of them. On the loop only. A
 * task of another loop is rejected with {@link IllegalArgumentException}; the waiting task itself or an ancestor with
 * {@link IllegalStateException}.
 */
public final class Gather {

    /** Combines three results into one. */
    @FunctionalInterface
    public interface Combine3<A, B, C, R> {
        /** The combined value. */
        R apply(@Nullable A a, @Nullable B b, @Nullable C c);
    }

    /** Combines four results into one. */
    @FunctionalInterface
    public interface Combine4<A, B, C, D, R> {
        /** The combined value. */
        R apply(@Nullable A a, @Nullable B b, @Nullable C c, @Nullable D d);
    }

    /** Combines five results into one. */
    @FunctionalInterface
    public interface Combine5<A, B, C, D, E, R> {
        /** The combined value. */
        R apply(@Nullable A a, @Nullable B b, @Nullable C c, @Nullable D d, @Nullable E e);
    }

    /** Combines six results into one. */
    @FunctionalInterface
    public interface Combine6<A, B, C, D, E, F, R> {
        /** The combined value. */
        R apply(@Nullable A a, @Nullable B b, @Nullable C c, @Nullable D d, @Nullable E e, @Nullable F f);
    }

    /** Combines seven results into one. */
    @FunctionalInterface
    public interface Combine7<A, B, C, D, E, F, G, R> {
        /** The combined value. */
        R apply(
                @Nullable A a,
                @Nullable B b,
                @Nullable C c,
                @Nullable D d,
                @Nullable E e,
                @Nullable F f,
                @Nullable G g);
    }

    /** Combines eight results into one. */
    @FunctionalInterface
    public interface Combine8<A, B, C, D, E, F, G, H, R> {
        /** The combined value. */
        R apply(
                @Nullable A a,
                @Nullable B b,
                @Nullable C c,
                @Nullable D d,
                @Nullable E e,
                @Nullable F f,
                @Nullable G g,
                @Nullable H h);
    }

    private Gather() {}

    /**
     * Waits for all tasks and returns their results. The first failure cancels the other tasks and fails the wait; later
     * failures are {@linkplain Task#laterFailures kept} on the waiting task.
     *
     * @param limit the time limit for all tasks together, or null for none; when it passes, all are cancelled and the
     *     wait fails with a {@link TimedOutException} that lists the tasks that had finished
     */
    public static <T> Future<List<T>> failFast(
            Scope scope, List<? extends Task<? extends T>> tasks, @Nullable Duration limit) {
        return new FailFast<T>(scope, tasks, limit).run("gather");
    }

    /**
     * Waits for all tasks and returns their outcomes. A failure is an outcome and cancels nothing.
     *
     * @param limit the time limit for all tasks together, or null for none; when it passes, unfinished tasks are
     *     cancelled and their outcome is a time-out
     */
    public static <T> Future<List<Outcome<T>>> collect(
            Scope scope, List<? extends Task<T>> tasks, @Nullable Duration limit) {
        return new Collect<T>(scope, tasks, limit).run("gather");
    }

    private static final class FailFast<T> extends Joining<T, List<T>> {
        private @Nullable Throwable failure;

        FailFast(Scope scope, List<? extends Task<? extends T>> tasks, @Nullable Duration limit) {
            super(scope, tasks, limit);
        }

        @Override
        void taskEnded(Task<? extends T> task) {
            if (task.state() == State.FINISHED) {
                return;
            }
            if (failure == null) {
                failure = task.failure();
                addLaterBeside(task);
                cancelAll(CancelReason.failure(task.path(), failure));
            } else {
                addLater(task);
            }
        }

        @Override
        boolean isDecided() {
            return failure != null;
        }

        @Override
        Future<List<T>> result() {
            if (failure != null) {
                return Future.failedFuture(failure);
            }
            var results = new ArrayList<T>(tasks.size());
            tasks.forEach(task -> results.add(task.result()));
            return Future.succeededFuture(results);
        }
    }

    private static final class Collect<T> extends Joining<T, List<Outcome<T>>> {
        private final List<? extends Task<T>> collected;

        Collect(Scope scope, List<? extends Task<T>> tasks, @Nullable Duration limit) {
            super(scope, tasks, limit);
            this.collected = List.copyOf(tasks);
        }

        @Override
        void taskEnded(Task<? extends T> task) {}

        @Override
        boolean isDecided() {
            return false;
        }

        @Override
        void timeIsUp(CancelReason reason) {
            cancelAll(reason);
        }

        @Override
        Future<List<Outcome<T>>> result() {
            var outcomes = new ArrayList<Outcome<T>>(collected.size());
            collected.forEach(task -> outcomes.add(task.outcome()));
            return Future.succeededFuture(outcomes);
        }
    }
}
