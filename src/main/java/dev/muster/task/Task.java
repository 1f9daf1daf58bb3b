package dev.muster.task;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A unit of concurrent work on a loop, with a name, a parent, a state and an outcome. It can be cancelled.
 *
 * <p>A task ends only after its children have ended and its clean-up has run. The methods are safe on any thread unless
 * noted.
 *
 * @param <T> the result
 */
public sealed interface Task<T> permits TaskNode {

    /** The name given at the start. */
    String name();

    /** The names from the root of the tree down to this task, separated by slashes; of a deep tree the last 32, after "…/". */
    String path();

    /** The current state. */
    State state();

    /** Whether the task has ended. */
    default boolean isDone() {
        return state().isFinal();
    }

    /**
     * The outcome. Reading it counts as seeing a failure, which is then not reported as dropped.
     *
     * @throws IllegalStateException if the task has not ended
     */
    Outcome<T> outcome();

    /**
     * The result; null if the task finished with null.
     *
     * @throws IllegalStateException if the task has not finished with a value
     */
    @Nullable
    T result();

    /**
     * The failure. Reading it counts as seeing it: the failure is then not reported as dropped.
     *
     * @throws IllegalStateException if the task has not ended with a failure
     */
    Throwable failure();

    /**
     * The failures of the task after its first one, or while it was being stopped; cancels are not counted. The kernel's
     * own exceptions, {@link CancelledException} and {@link TimedOutException}, also carry these as suppressed
     * exceptions. The exception of a body is left unchanged, because other tasks can hold the same object.
     *
     * @throws IllegalStateException if the task has not ended
     */
    LaterFailures laterFailures();

    /**
     * The end of the task as a Vert.x future, for code that is not a task; completed on the loop. Asking for it counts as
     * seeing a failure, which is then not reported as dropped.
     */
    Future<T> future();

    /**
     * Cancels the task: all its waits are undone, its children are cancelled too, and it ends when all of them have
     * ended. Only the first reason counts: a second cancel, or one after the end, does nothing.
     */
    void cancel(CancelReason reason);

    /**
     * Sets a deadline this long from now; does nothing if the task already has an earlier one. The deadline of the parent
     * applies as well, whichever is earlier.
     *
     * @return this task
     */
    Task<T> withTimeout(Duration limit);

    /**
     * Announces that the owner of the task will stop it this long from now at the latest. {@link Scope#remaining} takes
     * it into account, here and in descendants, as it does a deadline, but no timer is set. Does nothing if an earlier
     * moment is known. For owners that do more at that moment than cancel the task. On the loop only.
     *
     * @return this task
     */
    Task<T> announceStop(Duration limit);

    /**
     * Registers an observer, called in a later step once the task has ended. The observer counts as having seen a
     * failure, which is then not reported as dropped. Observers run on the loop, before the parent ends, and can start
     * further children of the parent.
     */
    void onEnd(Consumer<? super Task<T>> observer);

    /**
     * Runs a step on the loop once the task has ended, without looking at the outcome: a failure that nothing else reads
     * is still reported as dropped.
     */
    void afterEnd(Runnable step);

    /** A snapshot of the task and its live descendants. On the loop only. */
    TaskSnapshot snapshot();
}
