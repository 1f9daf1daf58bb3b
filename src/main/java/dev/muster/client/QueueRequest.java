package dev.muster.client;

import io.vertx.core.Future;
import java.util.function.Function;

/**
 * A request that waits at a queue. Safe on any thread.
 *
 * @param answer the response
 * @param withdraw makes the node respond at once with what it has, or fails the request if it was not sent yet; idempotent
 * @param <T> the type of the response
 */
record QueueRequest<T>(Future<T> answer, Runnable withdraw) {

    <U> QueueRequest<U> map(Function<T, U> change) {
        return new QueueRequest<>(answer.map(change), withdraw);
    }
}
