package dev.muster.task;

import io.vertx.core.Future;

/**
 * What a task does: begins its work on the loop and says by a future when it has ended.
 *
 * @param <T> the result
 */
@FunctionalInterface
public interface Body<T> {

    /**
     * Begins the work. Runs on the loop and must not block.
     *
     * @param scope the task from inside: it starts children and waits so that a cancel reaches everything
     * @return the end of the work; the task ends once this has completed and every child has ended
     * @throws Exception a failure of the task, as a failed future is
     */
    Future<T> run(Scope scope) throws Exception;
}
