package dev.muster.task;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A custom policy for a wait for several tasks, as the JDK's {@code StructuredTaskScope.Joiner}: it receives each task
 * that ends and decides when to stop. Used with {@link Scope#join(List, Joiner)}; called on the loop.
 *
 * @param <T> the result of the tasks
 * @param <R> the result of the wait
 */
public interface Joiner<T, R> {

    /**
     * Receives a task that has ended, with any outcome. Not called again after it has returned true. An exception fails
     * the wait and cancels the other tasks.
     *
     * @return true to stop: the tasks still running are cancelled
     */
    boolean taskEnded(Task<? extends T> task) throws Exception;

    /** The result of the wait, called once all tasks have ended. An exception fails the wait. */
    @Nullable
    R result() throws Exception;
}
