package dev.muster.task;

import java.time.Duration;

/**
 * Why something is cancelled: the kind, who asked for it, and the words for people.
 *
 * @param kind what brought it about
 * @param by who: the path of a task, a caller, a signal
 * @param why in plain words
 */
public record CancelReason(Kind kind, String by, String why) {

    /** What brings a cancel about. */
    public enum Kind {
        /** Somebody outside asked for it: a caller left, a person clicked. */
        CALLER,
        /** A deadline passed; the task ends as {@link State#TIMED_OUT}. */
        TIMEOUT,
        /** A task beside it, or above it, failed. */
        FAILURE,
        /** Its result is no longer needed: another one won a race, or its group is over. */
        NOT_NEEDED,
        /** The process is going down. */
        SHUTDOWN
    }

    /** A caller's reason. */
    public static CancelReason of(String why) {
        return new CancelReason(Kind.CALLER, "caller", why);
    }

    /** The reason of a deadline. */
    public static CancelReason timeout(String by, Duration limit) {
        return new CancelReason(Kind.TIMEOUT, by, "no end within " + limit.toMillis() + " ms");
    }

    static CancelReason failure(String by, Throwable failure) {
        return new CancelReason(Kind.FAILURE, by, by + " failed: " + failure.getMessage());
    }

    static CancelReason notNeeded(String by, String why) {
        return new CancelReason(Kind.NOT_NEEDED, by, why);
    }

    /** The reason of a process that goes down. */
    public static CancelReason shutdown(String why) {
        return new CancelReason(Kind.SHUTDOWN, "shutdown", why);
    }

    @Override
    public String toString() {
        return why + " (by " + by + ")";
    }
}
