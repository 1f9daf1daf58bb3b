package dev.muster.task;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The failure of a task whose deadline passed. It says what had finished until then. */
public final class TimedOutException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient CancelReason reason;
    private final transient List<String> finished;
    private final transient List<String> unfinished;

    TimedOutException(CancelReason reason, List<String> finished, List<String> unfinished) {
        super(message(reason, finished, unfinished), null, true, false);
        this.reason = reason;
        this.finished = List.copyOf(finished);
        this.unfinished = List.copyOf(unfinished);
    }

    /** The failure for a reason that keeps what went wrong before: itself, if it says this reason already. */
    static TimedOutException from(CancelReason reason, @Nullable Throwable earlier) {
        if (earlier instanceof TimedOutException said && said.reason == reason) {
            return said;
        }
        var timedOut = new TimedOutException(reason, List.of(), List.of());
        if (earlier instanceof CancelledException cancelled && cancelled.reason() == reason) {
            for (Throwable suppressed : cancelled.getSuppressed()) {
                timedOut.addSuppressed(suppressed);
            }
        } else if (earlier != null) {
            timedOut.addSuppressed(earlier);
        }
        return timedOut;
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
        return names.isEmpty() ? "nothing" : String.join(", ", names);
    }
}
