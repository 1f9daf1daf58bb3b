package dev.muster.task;

import io.vertx.core.Future;

/**
 * What a task does that is ready at some point and runs on after it. Used with {@link Scope#startUntilReady}.
 *
 * @param <T> the result
 */
@FunctionalInterface
public interface ReadyBody<T> {

    /**
     * Begins the work, as {@link Body#run}.
     *
     * @param ready to be run once the task is ready; from the loop, and again or too late does nothing
     */
    Future<T> run(Scope scope, Runnable ready) throws Exception;
}
