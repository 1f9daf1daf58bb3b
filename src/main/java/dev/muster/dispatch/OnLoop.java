package dev.muster.dispatch;

import dev.muster.loop.Loop;
import dev.muster.loop.OutOfMemory;
import io.vertx.core.Future;
import java.util.function.Consumer;

/** How what is asked of a node goes on once a future has completed: on the loop of who asks, and never with a failure lost. */
public final class OnLoop {

    private OnLoop() {}

    /**
     * Goes on with what a future gives: at once where it is there already and this is the loop, else in a step of the loop.
     * From any thread.
     *
     * @param next what is done with it
     * @param failed is told, on the loop, why there is nothing, or what {@code next} has thrown
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
