package dev.muster.task;

import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * The failure of a cancelled task, and of every wait that the task starts after the cancel.
 *
 * <p>It has no stack trace: {@link #reason()} names the origin of the cancel, which is the place that matters. Failures
 * during the cancel are suppressed in it: at most {@value LaterFailures#MAX_KEPT}, and a count of the rest. A body should
 * let this exception pass; a task whose body turns it into a value still ends as cancelled.
 */
public final class CancelledException extends CancellationException {

    private static final long serialVersionUID = 2L;

    private final CancelReason reason;

    /** Creates the failure for a reason. */
    public CancelledException(CancelReason reason) {
        super(null);
        this.reason = reason;
    }

    /** Whether a failure is already a cancel for this reason. */
    static boolean saysSo(@Nullable Throwable failure, CancelReason reason) {
        return failure instanceof CancelledException said && said.reason == reason;
    }

    /** A copy that carries the failures that happened during the cancel. */
    CancelledException with(LaterFailures later) {
        return Failures.with(new CancelledException(reason), later);
    }

    /** The reason of the cancel. */
    public CancelReason reason() {
        return reason;
    }

    /** The explanation and the origin of the cancel. */
    @Override
    public String getMessage() {
        return reason.toString();
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
