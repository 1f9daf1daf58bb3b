package dev.muster.task;

import org.jspecify.annotations.Nullable;

/**
 * What a task does in straight-line code that waits by blocking. Used with {@link Scope#blocking}.
 *
 * @param <T> the result
 */
@FunctionalInterface
public interface BlockingBody<T> {

    /**
     * Does the work, on a thread of its own and never on the loop.
     *
     * @param scope the task from inside
     * @return the result
     * @throws Exception a failure of the task
     */
    @Nullable
    T run(BlockingScope scope) throws Exception;
}
