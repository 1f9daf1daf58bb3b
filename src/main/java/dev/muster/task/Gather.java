package dev.muster.task;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Waits for all of several tasks and gives what they ended with, in the order of the tasks.
 *
 * <p>It completes only when every task has ended. A cancel of the waiting task cancels all of them. On the loop only.
 */
public final class Gather {

    /** Makes one value of three. */
    @FunctionalInterface
    public interface Combine3<A, B, C, R> {
        /** The combined value. */
        R apply(@Nullable A a, @Nullable B b, @Nullable C c);
    }

    /** Makes one value of four. */
    @FunctionalInterface
    public interface Combine4<A, B, C, D, R> {
        /** The combined value. */
        R apply(@Nullable A a, @Nullable B b, @Nullable C c, @Nullable D d);
    }

    /** Makes one value of five. */
    @FunctionalInterface
    public interface Combine5<A, B, C, D, E, R> {
        /** The combined value. */
        R apply(@Nullable A a, @Nullable B b, @Nullable C c, @Nullable D d, @Nullable E e);
    }

    /** Makes one value of six. */
    @FunctionalInterface
    public interface Combine6<A, B, C, D, E, F, R> {
        /** The combined value. */
        R apply(@Nullable A a, @Nullable B b, @Nullable C c, @Nullable D d, @Nullable E e, @Nullable F f);
    }

    /** Makes one value of seven. */
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

    /** Makes one value of eight. */
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
     * All results. The first failure cancels the other tasks and is thrown; later ones are {@linkplain Task#laterFailures kept}
     * on the waiting task.
     *
     * @param limit the time that they have, or null; past it all are cancelled, and {@link TimedOutException} says which
     *     had finished
     */
    public static <T> Future<List<T>> failFast(
            Scope scope, List<? extends Task<? extends T>> tasks, @Nullable Duration limit) {
        return new FailFast<T>(scope, tasks, limit).run("gather");
    }

    /**
     * All outcomes: a failure is an outcome like others and cancels nothing.
     *
     * @param limit the time that they have, or null; past it the unfinished ones are cancelled and their outcome is a
     *     time-out
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
