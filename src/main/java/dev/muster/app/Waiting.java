package dev.muster.app;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Blocking waits for futures. Never call them on an event loop. */
final class Waiting {

    private Waiting() {}

    /** The result of a future. A runtime exception is thrown as it is. */
    static <T> T got(Future<T> future) throws InterruptedException {
        try {
            return future.toCompletionStage().toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    /**
     * The result of a future, unless a stop is requested first: then throws {@code cancelled}, and the awaited work
     * goes on.
     *
     * @param limitMillis the limit after a stop request, as in {@link Session#await}
     */
    static <T> T gotUnlessStopped(Session session, Future<T> future, long limitMillis) throws InterruptedException {
        Promise<T> first = Promise.promise();
        future.onComplete((value, failure) -> {
            if (failure == null) {
                first.tryComplete(value);
            } else {
                first.tryFail(failure);
            }
        });
        try (var registration = session.stop()
                .tell(reason -> first.tryFail(new MusterException(ErrorType.CANCELLED, reason.toString())))) {
            return session.await(first.future(), limitMillis);
        }
    }

    /** Whether a future ends within this time, with any result. */
    static boolean ends(Future<?> future, Duration limit) throws InterruptedException {
        try {
            future.toCompletionStage().toCompletableFuture().get(limit.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true;
        }
    }
}
