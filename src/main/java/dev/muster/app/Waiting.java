package dev.muster.app;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for futures on threads that may be blocked: never on an event loop. */
final class Waiting {

    private Waiting() {}

    /** What a future gives; an exception of ours is thrown as it is. */
    static <T> T got(Future<T> future) throws InterruptedException {
        try {
            return future.toCompletionStage().toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    /**
     * What a future gives, unless somebody asks the session to end first: who waits then is told so as {@code cancelled}, and what
     * it waited for goes on.
     *
     * @param limitMillis as {@link Session#await} has it
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

    /** Whether a future ends within this time, well or not. */
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
