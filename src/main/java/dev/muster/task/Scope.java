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

    /** Starts a child with values for it and all below it; otherwise as {@link #start(String, Body)}. */
    <T> Task<T> start(String name, Locals locals, Body<T> body);

    /**
     * Starts a child and waits until it says that it is ready: a listener that has its port, say. The child then runs on as
     * any other.
     *
     * @return the child, once it is ready; failed with its failure if it ends before, and with an
     *     {@link IllegalStateException} if it ends well without having been ready
     */
    default <T> Future<Task<T>> startUntilReady(String name, ReadyBody<T> body) {
        return Ready.start(this, name, body);
    }

    /**
     * Starts a child whose body is straight-line code that waits by blocking, on a thread of its own. See
     * {@link BlockingScope}.
     */
    default <T> Task<T> blocking(String name, BlockingBody<T> body) {
        Objects.requireNonNull(body, "the body of a task");
        return start(name, own -> BlockingScope.run(own, body));
    }

    /** A value of this task, or of the nearest task above it that has one for this key; null where there is none. */
    <V> @Nullable V get(TaskLocal<V> key);

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
     * @throws IllegalStateException if this task is past its body and children, or on another thread than the loop's
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
     * The same with a limit for this one wait: past it the wait is taken back as by a cancel, and fails with
     * {@link TimedOutException}; the task goes on.
     */
    <T> Future<T> suspend(String on, Duration limit, Parking<T> parking);

    /** Limits the waits of this task from now on, until it is closed. See {@link Limit}. */
    Limit limit(Duration limit);

    /**
     * Waits for a future of Vert.x. On cancel the waiting ends, not the work behind the future: where that can be
     * stopped, use {@link #await(String, Future, Undo)}; where it gives something that must be released, use
     * {@link #await(String, Future, Undo, Consumer)}.
     */
    default <T> Future<T> await(String on, Future<T> future) {
        return await(on, future, reason -> true);
    }

    /**
     * Waits for a future of Vert.x, and knows how to stop the work behind it. In a scope that is cancelled already the work is
     * stopped at once.
     */
    default <T> Future<T> await(String on, Future<T> future, Undo undo) {
        return FutureWaits.await(this, on, future, undo, null);
    }

    /**
     * Waits for a future of Vert.x that grants something: a connection, a lock, a file.
     *
     * @param late releases what comes after the wait was taken back, or just before the task went on; called on the loop
     */
    default <T> Future<T> await(String on, Future<T> future, Undo undo, Consumer<? super T> late) {
        Objects.requireNonNull(late, "who releases what comes too late");
        return FutureWaits.await(this, on, future, undo, late);
    }

    /**
     * Waits until a task has ended, and gives what it ended with. The task may live on another loop.
     *
     * @throws IllegalStateException if it is this task itself, or one above it
     */
    default <T> Future<T> join(Task<T> task) {
        Join.requireOther((TaskNode<T>) task, (TaskNode<?>) task());
        return suspend(task.name(), new Join<>((TaskNode<T>) task));
    }

    /** Waits for several tasks by a policy of one's own. See {@link Joiner}. */
    default <T, R> Future<R> join(List<? extends Task<? extends T>> tasks, Joiner<T, R> joiner) {
        return new JoinerWait<T, R>(this, tasks, joiner).run("join");
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
                .map(ignored -> combine.apply(a.result(), b.result()));
    }

    /** Three results, combined; the first failure cancels the other tasks. */
    default <A, B, C, R> Future<R> gather(
            Task<A> a, Task<B> b, Task<C> c, Gather.Combine3<? super A, ? super B, ? super C, ? extends R> combine) {
        return Gather.failFast(this, List.<Task<?>>of(a, b, c), null)
                .map(ignored -> combine.apply(a.result(), b.result(), c.result()));
    }

    /** Four results, combined; the first failure cancels the other tasks. */
    default <A, B, C, D, R> Future<R> gather(
            Task<A> a,
            Task<B> b,
            Task<C> c,
            Task<D> d,
            Gather.Combine4<? super A, ? super B, ? super C, ? super D, ? extends R> combine) {
        return Gather.failFast(this, List.<Task<?>>of(a, b, c, d), null)
                .map(ignored -> combine.apply(a.result(), b.result(), c.result(), d.result()));
    }

    /** Five results, combined; the first failure cancels the other tasks. */
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

    /** Six results, combined; the first failure cancels the other tasks. */
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

    /** Seven results, combined; the first failure cancels the other tasks. */
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

    /** Eight results, combined; the first failure cancels the other tasks. */
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

    /** All outcomes in the order of the tasks; a failure is an outcome like others. See {@link Gather}. */
    default <T> Future<List<Outcome<T>>> gatherOutcomes(List<? extends Task<T>> tasks) {
        return Gather.collect(this, tasks, null);
    }

    /** The first success; the other tasks are cancelled and have ended. See {@link Race}. */
    default <T> Future<T> race(List<? extends Task<? extends T>> tasks) {
        return Race.run(this, tasks);
    }
}
