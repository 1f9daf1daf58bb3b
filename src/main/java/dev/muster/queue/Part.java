package dev.muster.queue;

import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * What became of one part of a batch: what a store made of it, or why it made nothing.
 *
 * @param result null if there is a failure
 * @param failure null if there is a result
 * @param <T> what a store makes of it
 */
public record Part<T>(@Nullable T result, @Nullable Throwable failure) {

    static <T> Part<T> of(T result) {
        return new Part<>(result, null);
    }

    static <T> Part<T> failed(Throwable failure) {
        return new Part<>(null, failure);
    }

    /** The same as a future that has completed. */
    Future<T> future() {
        return failure == null ? Future.succeededFuture(result) : Future.failedFuture(failure);
    }
}
