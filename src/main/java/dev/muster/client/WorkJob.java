package dev.muster.client;

import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * A job that a queue worker passes to its handler.
 *
 * @param job the leased job
 * @param cancelled completes when the handler must end: the lease is lost, the job's cancel was requested, or the worker is
 *     closing
 * @param worker the worker of the job. A handler can close the worker, but must not wait for the close to complete.
 */
public record WorkJob(TakenJob job, Future<Void> cancelled, QueueWorker worker) {

    /** Returns the body of the job, a JSON value. */
    public @Nullable Object body() {
        return job.body();
    }
}
