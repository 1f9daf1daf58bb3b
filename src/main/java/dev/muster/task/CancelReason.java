package dev.muster.task;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/**
 * The reason of a cancel: its kind, its origin and an explanation for people.
 *
 * @param kind the kind of cause
 * @param by the origin: the path of a task, a caller, a signal
 * @param why an explanation in plain words
 */
public record CancelReason(Kind kind, String by, String why) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** The cause of a cancel. */
    public enum Kind {
        /** The caller that waited for the result has left. */
        CALLER,
        /** An explicit request: a user or an operator asked for the cancel. */
        REQUEST,
        /** A deadline passed; the task ends as {@link State#TIMED_OUT}. */
        TIMEOUT,
        /** A sibling or an ancestor failed. */
        FAILURE,
        /** The result is no longer needed: another task won a race, or the group is over. */
        NOT_NEEDED,
        /** The process is shutting down. */
        SHUTDOWN
    }

    /** Rejects null components. */
    public CancelReason {
        Objects.requireNonNull(kind, "the kind of a cancel");
        Objects.requireNonNull(by, "who cancels");
        Objects.requireNonNull(why, "the reason of a cancel");
    }

    /** Creates the reason of a caller that has left. */
    public static CancelReason of(String why) {
        return new CancelReason(Kind.CALLER, "caller", why);
    }

    /**
     * Creates the reason of a deadline that passed.
     *
     * @param by whose deadline it was: the path of a task
     * @param limit the time that the work had
     */
    public static CancelReason timeout(String by, Duration limit) {
        return new CancelReason(Kind.TIMEOUT, by, "no end within " + inWords(limit));
    }

    /**
     * Creates the reason of an explicit request to cancel.
     *
     * @param by who asks
     */
    public static CancelReason request(String by, String why) {
        return new CancelReason(Kind.REQUEST, by, why);
    }

    static CancelReason failure(String by, Throwable failure) {
        return new CancelReason(Kind.FAILURE, by, by + " failed: " + Failures.message(failure));
    }

    static CancelReason notNeeded(String by, String why) {
        return new CancelReason(Kind.NOT_NEEDED, by, why);
    }

    /** Creates the reason of a process that shuts down. */
    public static CancelReason shutdown(String why) {
        return new CancelReason(Kind.SHUTDOWN, "shutdown", why);
    }

    /** Formats a limit in milliseconds; one below 1 ms in µs or ns, so that it does not read as zero. */
    private static String inWords(Duration limit) {
        if (limit.isNegative() || limit.isZero()) {
            return "0 ms";
        }
        if (limit.compareTo(Duration.ofMillis(1)) >= 0) {
            return limit.toMillis() + " ms";
        }
        long nanos = limit.toNanos();
        return nanos >= 1_000 ? nanos / 1_000 + " µs" : nanos + " ns";
    }

    @Override
    public String toString() {
        return why + " (by " + by + ")";
    }
}
