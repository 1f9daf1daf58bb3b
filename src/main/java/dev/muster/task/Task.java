package dev.muster.task;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One piece of concurrent work on a loop: it has a name, a parent, a state and an outcome, and can be cancelled.
 *
 * <p>A task ends only after its children have ended and its clean-up has run. The methods may be called from any thread
 * unless they say otherwise.
 *
 * @param <T> the result
 */
public sealed interface Task<T> permits TaskNode {

    /** The name it was started with. */
    String name();

    /** The names from the root of its tree down to this task, with slashes between them. */
    String path();

    /** Where it is in its life. */
    State state();

    /** Whether it has ended. */
    default boolean isDone() {
        return state().isFinal();
    }

    /**
     * How it ended.
     *
     * @throws IllegalStateException if it has not ended
     */
    Outcome<T> outcome();

    /**
     * The value that it finished with.
     *
     * @throws IllegalStateException if it has not ended with a value
     */
    @Nullable
    T result();

    /**
     * The error that it ended with.
     *
     * @throws IllegalStateException if it has not ended with an error
     */
    Throwable failure();

    /**
     * What failed in it after its first failure, or while it was being stopped, and was no cancel. Its own exceptions,
     * {@link CancelledException} and {@link TimedOutException}, have these suppressed in them too; a failure of a body's is
     * left as it is, as others may see the same object.
     *
     * @throws IllegalStateException if it has not ended
     */
    LaterFailures laterFailures();

    /** Its end as a future of Vert.x, for code that is not a task; completed on the loop. */
    Future<T> future();

    /**
     * Asks it to stop: everything it waits for is taken back, its children are told too, and it ends when all have
     * ended. The first reason stays; asking again, or too late, does nothing.
     */
    void cancel(CancelReason reason);

    /**
     * Gives it a deadline this long from now, unless it has an earlier one already; its parent's deadline holds for it
     * anyway.
     *
     * @return this task
     */
    Task<T> withTimeout(Duration limit);

    /**
     * Announces that whoever started it will stop it this long from now at the latest, unless that was known already: {@link
     * Scope#remaining} counts it, here and below as a deadline does, but no timer stands behind it. For owners that do more
     * at that moment than to cancel the task.
     *
     * @return this task
     */
    Task<T> announceStop(Duration limit);

    /**
     * Has the observer called once it has ended, in a later step. Whoever observes has seen a failure, so that it is not
     * reported as dropped. Observers are called before the parent ends; they may start further tasks there.
     */
    void onEnd(Consumer<? super Task<T>> observer);

    /** Runs a step once it has ended, without a look at how: a failure that nobody else sees is still reported. */
    void afterEnd(Runnable step);

    /** What can be told of it at this moment. On the loop only. */
    TaskSnapshot snapshot();
}
