package dev.muster.run;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/**
 * The waiters for room, shared by one future: the usual implementation of {@link RunListener#room}. On one loop, or under
 * its owner's lock.
 */
public final class Backpressure {

    private static final Future<Void> THERE = Future.succeededFuture();

    private @Nullable Promise<Void> awaited;

    /** Returns a completed future if there is room, else one that the next {@link #opens} completes. */
    public Future<Void> when(boolean isThere) {
        if (isThere) {
            return THERE;
        }
        if (awaited == null) {
            awaited = Promise.promise();
        }
        return awaited.future();
    }

    /** Completes the waiters before it returns. Waiters added meanwhile wait for the next call. */
    public void opens() {
        Promise<Void> waiting = awaited;
        awaited = null;
        if (waiting != null) {
            waiting.complete();
        }
    }
}
