package dev.muster.task;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A policy of one's own for the wait for several tasks, as the JDK's {@code StructuredTaskScope.Joiner}: it hears of each
 * task that ends and says when that is enough. Used with {@link Scope#join(List, Joiner)}; on the loop only.
 *
 * @param <T> what the tasks give
 * @param <R> what the wait gives
 */
public interface Joiner<T, R> {

    /**
     * A task has ended, however it did. Not called any more once this has returned true. If it throws, that is the failure of
     * the wait.
     *
     * @return true if this is enough: the tasks that still run are cancelled
     */
    boolean taskEnded(Task<? extends T> task) throws Exception;

    /** What the wait gives, once all have ended. If it throws, that is the failure of the wait. */
    @Nullable
    R result() throws Exception;
}
