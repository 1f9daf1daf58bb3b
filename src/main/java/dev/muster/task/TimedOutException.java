package dev.muster.task;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The failure of a task whose deadline passed, and of a wait whose limit did. It says what had finished until then.
 *
 * <p>What failed while the task was being stopped is suppressed in it, as in a {@link CancelledException}.
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

    /** The failure for a reason. */
    static TimedOutException of(CancelReason reason) {
        return new TimedOutException(reason, List.of(), List.of());
    }

    /** Whether a failure is a time-out for this reason already. */
    static boolean saysSo(@Nullable Throwable failure, CancelReason reason) {
        return failure instanceof TimedOutException said && said.reason == reason;
    }

    /** The same with what failed during it. */
    TimedOutException with(LaterFailures later) {
        return Failures.with(new TimedOutException(reason, finished, unfinished), later);
    }

    /** Whose deadline it was, and how long it was. */
    public CancelReason reason() {
        return reason;
    }

    /** Names of the children that had ended by themselves when the time ran out. */
    public List<String> finished() {
        return finished;
    }

    /** Names of the children that were stopped. */
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
