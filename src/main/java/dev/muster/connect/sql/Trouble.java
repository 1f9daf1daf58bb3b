package dev.muster.connect.sql;

import dev.muster.plan.MusterException;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What keeps a database that answers from doing its work: it only reads, say, or its disk is full. A ping does not see that; a
 * statement that failed over it does. It counts as not ready for a moment, unless the same has worked since; so the news is true as
 * long as somebody tries, and is forgotten soon after the last one. Safe on every thread.
 */
public final class Trouble {
    private static final long HOLDS_NANOS = Duration.ofSeconds(3).toNanos();

    private volatile @Nullable Noted noted;

    private record Noted(Object what, MusterException error, long untilNanos) {}

    /**
     * Notes a failure.
     *
     * @param what was tried
     */
    public void note(Object what, MusterException error, long nowNanos) {
        noted = new Noted(what, error, nowNanos + HOLDS_NANOS);
    }

    /** Notes that something worked. */
    public void worked(Object what) {
        Noted last = noted;
        if (last != null && last.what.equals(what)) {
            noted = null;
        }
    }

    /** Fails with the trouble, if there is one at this moment. */
    public Future<@Nullable Void> ready(long nowNanos) {
        Noted last = noted;
        return last == null || nowNanos - last.untilNanos >= 0
                ? Future.succeededFuture()
                : Future.failedFuture(last.error);
    }
}
