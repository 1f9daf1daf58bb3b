package dev.muster.task;

import dev.muster.loop.Loop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A task from inside: what its body uses to start children and to wait, so that a cancel and a deadline reach everything.
 *
 * <p>The children of a scope end before its task does. If the body fails, they are cancelled; if it succeeds, they are
 * waited for. A child's failure reaches whoever looks at that child; in a {@linkplain #group group} it also ends the
 * group. To be used on the loop; {@link #start} alone may be called from any thread.
 */
public sealed interface Scope permits TaskNode {

    /** The loop of this task tree. */
    Loop loop();

    /** The task whose scope this is. */
    Task<?> task();

    /** Why this task is to stop, or null as long as it is not. */
    @Nullable
    CancelReason cancelReason();

    /** Whether this task is to stop. */
    default boolean isCancelled() {
        return cancelReason() != null;
    }

    /** The time that is left until the deadline, or nothing where there is none. */
    Optional<Duration> remaining();

    /**
     * Starts a child; its body begins in one of the next steps. In a scope that is cancelled already it ends as
     * cancelled without beginning.
     *
     * @throws IllegalStateException if this task has ended
     */
    <T> Task<T> start(String name, Body<T> body);

    /** Starts a child in which the failure of one child cancels the others and the body, and is the group's failure. */
    <T> Task<T> group(String name, Body<T> body);

    /**
     * Starts a child that a cancel of this scope does not reach and that has a time of its own, for work that must be
     * brought to its end. Works in a cancelled scope too.
     */
    <T> Task<T> shield(String name, Duration budget, Body<T> body);

    /**
     * Registers clean-up: it runs once the body and every child have ended, however they did, the last registered first,
     * shielded, each with the clean-up budget of {@link Tasks}. If it fails, that is the failure of a task that had
     * none, and is suppressed in the failure of one that had.
     *
     * @throws IllegalStateException if this task is past its body and children
     */
    <R> void cleanUp(String name, Body<R> body);

    /**
     * Parks the task until its waiter is resumed: the one way to wait that a cancel ends.
     *
     * @param on what is waited for, in a word or two, for those who look at the task
     * @return what the waiter was resumed with; failed with {@link CancelledException} at once in a cancelled scope
     * @throws IllegalStateException if this task has ended, or on another thread than the loop's
     */
    <T> Future<T> suspend(String on, Parking<T> parking);

    /**
     * Waits for a future of Vert.x. On cancel the waiting ends, not the work behind the future: where that can be
     * stopped, use {@link #await(String, Future, Undo)}.
     */
    default <T> Future<T> await(String on, Future<T> future) {
        return await(on, future, reason -> true);
    }

    /** Waits for a future of Vert.x, and knows how to stop the work behind it. */
    default <T> Future<T> await(String on, Future<T> future, Undo undo) {
        return suspend(on, waiter -> {
            future.onComplete(waiter);
            return undo;
        });
    }

    /** Waits until a task has ended, and gives what it ended with. The task may live on another loop. */
    default <T> Future<T> join(Task<T> task) {
        return suspend(task.name(), new Join<>((TaskNode<T>) task));
    }

    /** Waits for a time. */
    default Future<Void> sleep(Duration time) {
        return suspend("sleep", waiter -> {
            var timer = loop().schedule(time, () -> waiter.resume(null));
            return reason -> {
                timer.cancel();
                return true;
            };
        });
    }

    /** Lets other steps run, and ends here if the task is cancelled. */
    default Future<Void> yieldNow() {
        return suspend("its turn", waiter -> {
            waiter.resume(null);
            return reason -> true;
        });
    }

    /**
     * Runs a body as a child that has this long; the child alone is cancelled when its time is over. How it ends reaches
     * the caller alone: in a group, too, a failure that the caller handles is handled.
     */
    <T> Future<T> timeout(Duration limit, String name, Body<T> body);

    /** All results in the order of the tasks; the first failure cancels the other tasks. See {@link Gather}. */
    default <T> Future<List<T>> gather(List<? extends Task<? extends T>> tasks) {
        return Gather.failFast(this, tasks, null);
    }

    /** Two results, combined; the first failure cancels the other task. */
    default <A, B, R> Future<R> gather(Task<A> a, Task<B> b, BiFunction<? super A, ? super B, ? extends R> combine) {
        return Gather.failFast(this, List.<Task<?>>of(a, b), null)
                .map(ignored -> combine.apply(a.outcome().value(), b.outcome().value()));
    }

    /** All outcomes in the order of the tasks; a failure is an outcome like others. See {@link Gather}. */
    default <T> Future<List<Outcome<T>>> gatherOutcomes(List<? extends Task<T>> tasks) {
        return Gather.collect(this, tasks, null);
    }

    /** The first success; the other tasks are cancelled and have ended. See {@link Race}. */
    default <T> Future<T> race(List<? extends Task<? extends T>> tasks) {
        return Race.run(this, tasks);
    }
}
