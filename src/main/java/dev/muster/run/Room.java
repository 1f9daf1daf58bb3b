package dev.muster.run;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait until there is room for more, such as {@link RunListener#room} has them wait. On one loop, or under the lock
 * of whoever owns it.
 */
public final class Room {

    private static final Future<Void> THERE = Future.succeededFuture();

    private @Nullable Promise<Void> awaited;

    /** Complete where there is room now, else completed by the next {@link #opens}. */
    public Future<Void> when(boolean isThere) {
        if (isThere) {
            return THERE;
        }
        if (awaited == null) {
            awaited = Promise.promise();
        }
        return awaited.future();
    }

    /** Has those who wait go on, before this returns; those whom they bring to wait again wait for the next time. */
    public void opens() {
        Promise<Void> told = awaited;
        awaited = null;
        if (told != null) {
            told.complete();
        }
    }
}
