package dev.muster.task;

import org.jspecify.annotations.Nullable;

/**
 * The body of a task as blocking, straight-line code. Used with {@link Scope#blocking}.
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
     * @throws Exception fails the task
     */
    @Nullable
    T run(BlockingScope scope) throws Exception;
}
