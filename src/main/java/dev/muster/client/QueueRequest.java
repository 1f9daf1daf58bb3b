package dev.muster.client;

import io.vertx.core.Future;
import java.util.function.Function;

/**
 * A request that waits at a queue. Any thread.
 *
 * @param answer what it is answered
 * @param withdraw has it answered now, with what there is, or lets it fail if it was not sent yet; idempotent
 * @param <T> the answer
 */
record QueueRequest<T>(Future<T> answer, Runnable withdraw) {

    <U> QueueRequest<U> map(Function<T, U> change) {
        return new QueueRequest<>(answer.map(change), withdraw);
    }
}
