package dev.muster.loop;

import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.impl.future.FutureBase;

/** What futures of Vert.x can do but do not say in their public interface. */
public final class Futures {

    private Futures() {}

    /**
     * Has a future forget a listener that was added by {@link Future#onComplete(Completable)}, so that a future which lives
     * long keeps nothing of those who no longer wait. Does nothing where the kind of future does not offer it.
     */
    public static <T> void forget(Future<T> future, Completable<? super T> listener) {
        if (future instanceof FutureBase<T> known) {
            known.removeListener(listener);
        }
    }
}
