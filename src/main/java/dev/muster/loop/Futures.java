package dev.muster.loop;

import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.impl.future.FutureBase;

/** Access to features of Vert.x futures that are missing from their public interface. Safe on any thread. */
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
}
