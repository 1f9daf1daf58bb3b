package dev.muster.task;

import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * The failure of a task that was cancelled, and of everything it waits for from then on.
 *
 * <p>It has no stack trace: the place that matters is the one that cancelled, and {@link #reason()} names it. What failed
 * while the task was being stopped is suppressed in it, {@value LaterFailures#MAX_KEPT} failures at most and a count of the
 * others. A body lets it pass; a task whose body turned it into a value ends as cancelled all the same.
 */
public final class CancelledException extends CancellationException {

    private static final long serialVersionUID = 2L;

    private final CancelReason reason;

    /** The failure for a reason. */
    public CancelledException(CancelReason reason) {
        super(null);
        this.reason = reason;
    }

    /** Whether a failure is a cancel for this reason already. */
    static boolean saysSo(@Nullable Throwable failure, CancelReason reason) {
        return failure instanceof CancelledException said && said.reason == reason;
    }

    /** The same with what failed during it. */
    CancelledException with(LaterFailures later) {
        return Failures.with(new CancelledException(reason), later);
    }

    /** Why it was cancelled. */
    public CancelReason reason() {
        return reason;
    }

    /** Why, and who asked. */
    @Override
    public String getMessage() {
        return reason.toString();
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
