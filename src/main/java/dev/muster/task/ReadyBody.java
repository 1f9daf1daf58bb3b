package dev.muster.task;

import io.vertx.core.Future;

/**
 * The body of a task that reports readiness at some point and keeps running. Used with {@link Scope#startUntilReady}.
 *
 * @param <T> the result
 */
@FunctionalInterface
public interface ReadyBody<T> {

    /**
     * Starts the work, as {@link Body#run}.
     *
     * @param ready reports that the task is ready; on the loop only; further or late calls do nothing
     */
    Future<T> run(Scope scope, Runnable ready) throws Exception;
}
