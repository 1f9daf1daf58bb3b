package dev.muster.client;

import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * A job that a worker has its handler work on.
 *
 * @param job what was taken
 * @param cancelled completes if the handler is to end: the lease is lost, or the worker was closed
 * @param worker whose job it is; a handler may close it, and must not wait for that
 */
public record WorkJob(TakenJob job, Future<Void> cancelled, QueueWorker worker) {

    /** The job's body, a JSON value. */
    public @Nullable Object body() {
        return job.body();
    }
}
