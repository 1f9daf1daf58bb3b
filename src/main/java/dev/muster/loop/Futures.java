package dev.muster.loop;

import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.impl.future.FutureBase;
import java.util.stream.Stream;

/** Operations on futures that Vert.x does not have in its public interface. Safe on any thread. */
public final class Futures {

    private Futures() {}

    /**
     * Removes a listener that was added with {@link Future#onComplete(Completable)}, so that a long-lived future does not
     * keep in memory a listener that has stopped waiting. Does nothing if this kind of future does not support removal.
     */
    public static <T> void forget(Future<T> future, Completable<? super T> listener) {
        if (future instanceof FutureBase<T> known) {
            known.removeListener(listener);
        }
    }

    /**
     * Starts all of these and completes when each has ended. {@link Future#all} would not wait any more once one has failed. Succeeds
     * whether they fail or not.
     */
    public static Future<Void> whenAllEnd(Stream<? extends Future<?>> starting) {
        Future<Void> all = Future.succeededFuture();
        for (Future<?> next : starting.toList()) {
            all = all.eventually(() -> next);
        }
        return all;
    }
}
