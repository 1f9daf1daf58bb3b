package dev.muster.run;

import dev.muster.plan.ErrorType;

/** The final state of a step or a run. */
public enum EndState {
    /** Ended with a value. */
    DONE("done"),
    /** Ended with an error. */
    FAILED("failed"),
    /** Cancelled. */
    CANCELLED("cancelled"),
    /** Timed out. */
    TIMED_OUT("timedOut"),
    /** Not run, because its {@code when} was false. */
    SKIPPED("skipped");

    private final String word;

    EndState(String word) {
        this.word = word;
    }

    /** The word used in the plan language and in reports. */
    public String word() {
        return word;
    }

    /** The final state for an error type. */
    static EndState of(ErrorType type) {
        return switch (type) {
            case TIMEOUT -> TIMED_OUT;
            case CANCELLED -> CANCELLED;
            default -> FAILED;
        };
    }
}
