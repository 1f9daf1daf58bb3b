package dev.muster.task;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The failure of a task whose deadline passed, or of a wait whose limit passed. It lists the tasks that had finished by
 * then.
 *
 * <p>Failures while the task was being stopped are suppressed in it, as in {@link CancelledException}.
 */
public final class TimedOutException extends RuntimeException {

    private static final long serialVersionUID = 2L;

    private static final int MAX_NAMES_IN_MESSAGE = 20;

    private final CancelReason reason;
    private final List<String> finished;
    private final List<String> unfinished;

    TimedOutException(CancelReason reason, List<String> finished, List<String> unfinished) {
        super(message(reason, finished, unfinished), null, true, false);
        this.reason = reason;
        this.finished = List.copyOf(finished);
        this.unfinished = List.copyOf(unfinished);
    }

    /** Creates the failure for a reason. */
    static TimedOutException of(CancelReason reason) {
        return new TimedOutException(reason, List.of(), List.of());
    }

    /** Whether a failure is already a time-out for this reason. */
    static boolean saysSo(@Nullable Throwable failure, CancelReason reason) {
        return failure instanceof TimedOutException said && said.reason == reason;
    }

    /** A copy that carries the failures that happened during the time-out. */
    TimedOutException with(LaterFailures later) {
        return Failures.with(new TimedOutException(reason, finished, unfinished), later);
    }

    /** The reason: whose deadline it was, and how long. */
    public CancelReason reason() {
        return reason;
    }

    /** The names of the awaited tasks that had ended when the time ran out; empty for a plain task or wait. */
    public List<String> finished() {
        return finished;
    }

    /** The names of the awaited tasks that were stopped; empty for a plain task or wait. */
    public List<String> unfinished() {
        return unfinished;
    }

    private static String message(CancelReason reason, List<String> finished, List<String> unfinished) {
        if (finished.isEmpty() && unfinished.isEmpty()) {
            return reason.why();
        }
        return reason.why() + "; finished: " + names(finished) + "; stopped: " + names(unfinished);
    }

    private static String names(List<String> names) {
        if (names.isEmpty()) {
            return "nothing";
        }
        int more = names.size() - MAX_NAMES_IN_MESSAGE;
        return String.join(", ", more > 0 ? names.subList(0, MAX_NAMES_IN_MESSAGE) : names)
                + (more > 0 ? " and " + more + " more" : "");
    }
}
