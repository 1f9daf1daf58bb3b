package dev.muster.task;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/**
 * Why something is cancelled: the kind, who asked for it, and the words for people.
 *
 * @param kind what brought it about
 * @param by who: the path of a task, a caller, a signal
 * @param why in plain words
 */
public record CancelReason(Kind kind, String by, String why) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** What brings a cancel about. */
    public enum Kind {
        /** Whoever waited for the result has left. */
        CALLER,
        /** Somebody asked for it: a person clicked, an operator gave an order. */
        REQUEST,
        /** A deadline passed; the task ends as {@link State#TIMED_OUT}. */
        TIMEOUT,
        /** A task beside it, or above it, failed. */
        FAILURE,
        /** Its result is no longer needed: another one won a race, or its group is over. */
        NOT_NEEDED,
        /** The process is going down. */
        SHUTDOWN
    }

    /** Checks that nothing is missing. */
    public CancelReason {
        Objects.requireNonNull(kind, "the kind of a cancel");
        Objects.requireNonNull(by, "who cancels");
        Objects.requireNonNull(why, "the reason of a cancel");
    }

    /** A caller's reason. */
    public static CancelReason of(String why) {
        return new CancelReason(Kind.CALLER, "caller", why);
    }

    /** The reason of a deadline. */
    public static CancelReason timeout(String by, Duration limit) {
        return new CancelReason(Kind.TIMEOUT, by, "no end within " + inWords(limit));
    }

    /**
     * The reason of somebody who asks for a cancel.
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

    /** The reason of a process that goes down. */
    public static CancelReason shutdown(String why) {
        return new CancelReason(Kind.SHUTDOWN, "shutdown", why);
    }

    /** In milliseconds; below one of them in a smaller unit, as a short time is not none. */
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
