package dev.muster.task;

import io.vertx.core.Future;

/**
 * The body of a task: starts its work on the loop and returns a future of its end.
 *
 * @param <T> the result
 */
@FunctionalInterface
public interface Body<T> {

    /**
     * Starts the work. Runs on the loop and must not block.
     *
     * @param scope the task from inside: starts children and waits, so that a cancel reaches all of the work
     * @return the end of the work; the task ends once it has completed and every child has ended
     * @throws Exception fails the task, as a failed future does
     */
    Future<T> run(Scope scope) throws Exception;
}
