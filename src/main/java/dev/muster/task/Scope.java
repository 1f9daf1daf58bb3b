package dev.muster.task;

import dev.muster.loop.Loop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A task seen from inside: what its body uses to start children and to wait, so that a cancel and a deadline reach all of
 * its work.
 *
 * <p>The children of a scope end before its task does. If the body fails, the children are cancelled; if it succeeds, the
 * task waits for them. A child's failure goes to the code that reads that child's outcome; in a {@linkplain #group group}
 * it also fails the group. For use on the loop, except that {@link #start} is safe on any thread.
 */
public sealed interface Scope permits TaskNode {

    /** The loop of this task tree. */
    Loop loop();

    /** The task whose scope this is. */
    Task<?> task();

    /** The reason for which this task is being cancelled, or null if it is not. */
    @Nullable
    CancelReason cancelReason();

    /** Whether this task is being cancelled. */
    default boolean isCancelled() {
        return cancelReason() != null;
    }

    /** The time left until the deadline; empty if there is none. Never negative. */
    Optional<Duration> remaining();

    /**
     * Starts a child, whose body begins in a later step. In a scope that is already cancelled, the child ends as
     * cancelled and its body never runs. Safe on any thread.
     *
     * @throws IllegalStateException on the loop, if this task has ended; from another thread the child then ends as
     *     cancelled
     */
    <T> Task<T> start(String name, Body<T> body);

    /** Starts a child with values for it and all its descendants; otherwise as {@link #start(String, Body)}. */
    <T> Task<T> start(String name, Locals locals, Body<T> body);

    /**
     * Starts a child and waits until it reports that it is ready, for example when a listener has bound its port. The
     * child then keeps running as any other child.
     *
     * @return the child, once it is ready; failed with the child's failure if it fails before, and with an
     *     {@link IllegalStateException} if it succeeds without having reported ready
     */
    default <T> Future<Task<T>> startUntilReady(String name, ReadyBody<T> body) {
        return Join.untilReady(this, name, body);
    }

    /** Starts a child whose body is blocking, straight-line code on a thread of its own. See {@link BlockingScope}. */
    default <T> Task<T> blocking(String name, BlockingBody<T> body) {
        Objects.requireNonNull(body, "the body of a task");
        return start(name, own -> BlockingScope.run(own, body));
    }

    /** The value for a key in this task or in its nearest ancestor that has one; null if there is none. */
    <V> @Nullable V get(TaskLocal<V> key);

    /**
     * Starts a task group: a child in which the first failure of one of its children cancels the other children and the
     * body, and becomes the failure of the group.
     */
    <T> Task<T> group(String name, Body<T> body);

    /**
     * Starts a child that a cancel of this scope does not reach, with a time limit of its own, for work that must run to
     * completion. Works in a cancelled scope too.
     */
    <T> Task<T> shield(String name, Duration budget, Body<T> body);

    /**
     * Registers clean-up. Clean-ups run after the body and every child have ended, whatever the outcome, the last
     * registered first. Each is shielded from cancellation and has the clean-up budget of {@link Tasks}. If a clean-up
     * fails, its failure becomes the failure of a task that had none; otherwise it is kept as one of the
     * {@linkplain Task#laterFailures later failures}.
     *
     * @throws IllegalStateException if the body and the children of this task have ended, or on another thread than the
     *     loop's
     */
    <R> void cleanUp(String name, Body<R> body);

    /**
     * Parks the task until its waiter is resumed. Every wait that a cancel can end is built on this method.
     *
     * @param on a label of one or two words for what the task waits for, shown in snapshots
     * @return the value with which the waiter was resumed; in a cancelled scope fails at once with
     *     {@link CancelledException}
     * @throws IllegalStateException if this task has ended, or on another thread than the loop's
     */
    <T> Future<T> suspend(String on, Parking<T> parking);

    /**
     * Parks the task with a time limit for this one wait. When the limit passes, the wait is undone as by a cancel and
     * fails with {@link TimedOutException}; the task itself continues.
     */
    <T> Future<T> suspend(String on, Duration limit, Parking<T> parking);

    /** Limits the waits of this task from now on, until the limit is closed. See {@link Limit}. */
    Limit limit(Duration limit);

    /**
     * Waits for a Vert.x future. A cancel ends the wait but not the work behind the future. If that work can be stopped,
     * use {@link #await(String, Future, Undo)}. If its value must be released, use
     * {@link #await(String, Future, Undo, Consumer)}.
     */
    default <T> Future<T> await(String on, Future<T> future) {
        return await(on, future, reason -> true);
    }

    /**
     * Waits for a Vert.x future. A cancel calls the undo, which stops the work behind the future; in a scope that is
     * already cancelled it is called at once.
     */
    default <T> Future<T> await(String on, Future<T> future, Undo undo) {
        return FutureWaits.await(this, on, future, undo, null);
    }

    /**
     * Waits for a Vert.x future that grants a resource: a connection, a lock, a file.
     *
     * @param late releases a value that arrives after the wait was undone, or that was granted to a task which is
     *     cancelled before it resumes; called on the loop
     */
    default <T> Future<T> await(String on, Future<T> future, Undo undo, Consumer<? super T> late) {
        Objects.requireNonNull(late, "who releases what comes too late");
        return FutureWaits.await(this, on, future, undo, late);
    }

    /**
     * Waits until a task has ended and returns its result, or fails with its failure. The task can live on another loop.
     *
     * @throws IllegalStateException if the task is this task itself or one of its ancestors
     */
    default <T> Future<T> join(Task<T> task) {
        Join.requireOther((TaskNode<T>) task, (TaskNode<?>) task());
        return suspend(task.name(), new Join<>((TaskNode<T>) task));
    }

    /** Waits for several tasks with a custom policy. See {@link Joiner}. */
    default <T, R> Future<R> join(List<? extends Task<? extends T>> tasks, Joiner<T, R> joiner) {
        return Joining.run(this, tasks, joiner);
    }

    /** Waits for a duration. */
    default Future<Void> sleep(Duration time) {
        return suspend("sleep", waiter -> {
            var timer = loop().schedule(time, () -> waiter.resume(null));
            return reason -> {
                timer.cancel();
                return true;
            };
        });
    }

    /** Lets other ready steps run first. Fails with {@link CancelledException} if the task is cancelled. */
    default Future<Void> yieldNow() {
        return suspend("its turn", waiter -> {
            waiter.resume(null);
            return reason -> true;
        });
    }

    /**
     * Runs a body as a child with a time limit and waits for it. When the limit passes, only the child is cancelled. Its
     * failure goes to the returned future alone: also in a group, a failure that is handled there does not fail the
     * group.
     */
    <T> Future<T> timeout(Duration limit, String name, Body<T> body);

    /**
     * Waits for all tasks and returns their results in the order of the tasks; the first failure cancels the other tasks.
     * See {@link Gather}.
     */
    default <T> Future<List<T>> gather(List<? extends Task<? extends T>> tasks) {
        return Gather.failFast(this, tasks, null);
    }

    /** Waits for two tasks and combines their results; the first failure cancels the other task. */
    default <A, B, R> Future<R> gather(Task<A> a, Task<B> b, BiFunction<? super A, ? super B, ? extends R> combine) {
        return Gather.failFast(this, List.<Task<?>>of(a, b), null)
                .map(ignored -> combine.apply(a.result(), b.result()));
    }

    /** Waits for three tasks and combines their results; the first failure cancels the other tasks. */
    default <A, B, C, R> Future<R> gather(
            Task<A> a, Task<B> b, Task<C> c, Gather.Combine3<? super A, ? super B, ? super C, ? extends R> combine) {
        return Gather.failFast(this, List.<Task<?>>of(a, b, c), null)
                .map(ignored -> combine.apply(a.result(), b.result(), c.result()));
    }

    /** Waits for four tasks and combines their results; the first failure cancels the other tasks. */
    default <A, B, C, D, R> Future<R> gather(
            Task<A> a,
            Task<B> b,
            Task<C> c,
            Task<D> d,
            Gather.Combine4<? super A, ? super B, ? super C, ? super D, ? extends R> combine) {
        return Gather.failFast(this, List.<Task<?>>of(a, b, c, d), null)
                .map(ignored -> combine.apply(a.result(), b.result(), c.result(), d.result()));
    }

    /** Waits for five tasks and combines their results; the first failure cancels the other tasks. */
    default <A, B, C, D, E, R> Future<R> gather(
            Task<A> a,
            Task<B> b,
            Task<C> c,
            Task<D> d,
            Task<E> e,
            Gather.Combine5<? super A, ? super B, ? super C, ? super D, ? super E, ? extends R> combine) {
        return Gather.failFast(this, List.<Task<?>>of(a, b, c, d, e), null)
                .map(ignored -> combine.apply(a.result(), b.result(), c.result(), d.result(), e.result()));
    }

    /** Waits for six tasks and combines their results; the first failure cancels the other tasks. */
    default <A, B, C, D, E, F, R> Future<R> gather(
            Task<A> a,
            Task<B> b,
            Task<C> c,
            Task<D> d,
            Task<E> e,
            Task<F> f,
            Gather.Combine6<? super A, ? super B, ? super C, ? super D, ? super E, ? super F, ? extends R> combine) {
        return Gather.failFast(this, List.<Task<?>>of(a, b, c, d, e, f), null)
                .map(ignored -> combine.apply(a.result(), b.result(), c.result(), d.result(), e.result(), f.result()));
    }

    /** Waits for seven tasks and combines their results; the first failure cancels the other tasks. */
    default <A, B, C, D, E, F, G, R> Future<R> gather(
            Task<A> a,
            Task<B> b,
            Task<C> c,
            Task<D> d,
            Task<E> e,
            Task<F> f,
            Task<G> g,
            Gather.Combine7<? super A, ? super B, ? super C, ? super D, ? super E, ? super F, ? super G, ? extends R>
                    combine) {
        return Gather.failFast(this, List.<Task<?>>of(a, b, c, d, e, f, g), null)
                .map(ignored -> combine.apply(
                        a.result(), b.result(), c.result(), d.result(), e.result(), f.result(), g.result()));
    }

    /** Waits for eight tasks and combines their results; the first failure cancels the other tasks. */
    default <A, B, C, D, E, F, G, H, R> Future<R> gather(
            Task<A> a,
            Task<B> b,
            Task<C> c,
            Task<D> d,
            Task<E> e,
            Task<F> f,
            Task<G> g,
            Task<H> h,
            Gather.Combine8<
                            ? super A,
                            ? super B,
                            ? super C,
                            ? super D,
                            ? super E,
                            ? super F,
                            ? super G,
                            ? super H,
                            ? extends R>
                    combine) {
        return Gather.failFast(this, List.<Task<?>>of(a, b, c, d, e, f, g, h), null)
                .map(ignored -> combine.apply(
                        a.result(),
                        b.result(),
                        c.result(),
                        d.result(),
                        e.result(),
                        f.result(),
                        g.result(),
                        h.result()));
    }

    /** Waits for all tasks and returns their outcomes in the order of the tasks; a failure cancels nothing. See {@link Gather}. */
    default <T> Future<List<Outcome<T>>> gatherOutcomes(List<? extends Task<T>> tasks) {
        return Gather.collect(this, tasks, null);
    }

    /** Waits for the first success and cancels the other tasks; completes when all of them have ended. See {@link Race}. */
    default <T> Future<T> race(List<? extends Task<? extends T>> tasks) {
        return Race.run(this, tasks);
    }
}
