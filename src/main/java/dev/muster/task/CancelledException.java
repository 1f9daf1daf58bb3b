package dev.muster.task;

import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * The failure of a task that was cancelled, and of everything it waits for from then on.
 *
 * <p>It has no stack trace: the place that matters is the one that cancelled, and {@link #reason()} names it. A body lets
 * it pass; a task whose body turned it into a value ends as cancelled all the same.
 */
public final class CancelledException extends CancellationException {

    private static final long serialVersionUID = 1L;

    private final transient CancelReason reason;

    /** The failure for a reason. */
    public CancelledException(CancelReason reason) {
        super(reason.toString());
        this.reason = reason;
    }

    /** The failure for a reason that keeps what went wrong before: itself, if it says this reason already. */
    static CancelledException from(CancelReason reason, @Nullable Throwable earlier) {
        if (earlier instanceof CancelledException said && said.reason == reason) {
            return said;
        }
        var cancelled = new CancelledException(reason);
        if (earlier != null) {
            cancelled.addSuppressed(earlier);
        }
        return cancelled;
    }

    /** Why it was cancelled. */
    public CancelReason reason() {
        return reason;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
