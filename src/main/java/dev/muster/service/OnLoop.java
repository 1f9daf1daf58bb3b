package dev.muster.service;

import dev.muster.loop.Loop;
import dev.muster.loop.OutOfMemory;
import io.vertx.core.Future;
import java.util.function.Consumer;

/** Continues on a request's loop after a future has completed, so that no exception of the continuation is lost. */
public final class OnLoop {

    private OnLoop() {}

    /**
     * Passes the result of a future to {@code next}: at once if the future has succeeded and the current thread is the loop, else
     * in a later turn of the loop. Safe on any thread.
     *
     * @param next receives the result, on the loop
     * @param failed receives the failure of the future, or the exception thrown by {@code next}, on the loop
     */
    public static <T> void then(
            Loop loop, Future<T> future, Consumer<? super T> next, Consumer<? super Throwable> failed) {
        if (future.succeeded() && loop.inLoop()) {
            guarded(future.result(), next, failed);
            return;
        }
        future.onComplete((result, failure) -> loop.execute(() -> {
            if (failure == null) {
                guarded(result, next, failed);
            } else {
                failed.accept(failure);
            }
        }));
    }

    private static <T> void guarded(T result, Consumer<? super T> next, Consumer<? super Throwable> failed) {
        try {
            next.accept(result);
        } catch (RuntimeException | StackOverflowError e) {
            failed.accept(e);
        } catch (Error e) {
            OutOfMemory.check(e);
            throw e;
        }
    }
}
