package dev.muster.connect.sql;

import dev.muster.plan.MusterException;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The fault that keeps a responding database from working, for example a full disk or read-only mode. A ping does not detect such a
 * fault, but a failed statement does. The source counts as not ready for 3 seconds after a failure, unless {@link #worked} reports
 * that the same action has succeeded since. The state therefore stays accurate while statements keep coming, and expires soon after
 * the last one. Safe on any thread.
 */
public final class DatabaseFault {
    private static final long HOLDS_NANOS = Duration.ofSeconds(3).toNanos();

    private volatile @Nullable Noted noted;

    private record Noted(Object what, MusterException error, long untilNanos) {}

    /**
     * Records a failure.
     *
     * @param what the action that failed; compared with {@code equals}
     * @param nowNanos the time of the loop, in nanoseconds
     */
    public void note(Object what, MusterException error, long nowNanos) {
        noted = new Noted(what, error, nowNanos + HOLDS_NANOS);
    }

    /** Records that an action succeeded, which clears its failure. */
    public void worked(Object what) {
        Noted last = noted;
        if (last != null && last.what.equals(what)) {
            noted = null;
        }
    }

    /** Fails with the recorded fault if it has not expired at this time, in nanoseconds. */
    public Future<@Nullable Void> ready(long nowNanos) {
        Noted last = noted;
        return last == null || nowNanos - last.untilNanos >= 0
                ? Future.succeededFuture()
                : Future.failedFuture(last.error);
    }
}
