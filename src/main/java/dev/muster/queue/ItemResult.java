package dev.muster.queue;

import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * The result of one item of a batch: a value or a failure.
 *
 * @param result the value; null if there is a failure
 * @param failure the failure; null if there is a value
 * @param <T> the type of the value
 */
public record ItemResult<T>(@Nullable T result, @Nullable Throwable failure) {

    static <T> ItemResult<T> of(T result) {
        return new ItemResult<>(result, null);
    }

    /** A failure. */
    public static <T> ItemResult<T> failed(Throwable failure) {
        return new ItemResult<>(null, failure);
    }

    /** Returns this result as a completed future. */
    Future<T> future() {
        return failure == null ? Future.succeededFuture(result) : Future.failedFuture(failure);
    }
}
