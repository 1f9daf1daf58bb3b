package dev.muster.run;

import dev.muster.plan.ErrorType;

/** How a step or a run ended. */
public enum EndState {
    /** With a value. */
    DONE("done"),
    /** With an error. */
    FAILED("failed"),
    /** Because somebody cancelled. */
    CANCELLED("cancelled"),
    /** Because time ran out. */
    TIMED_OUT("timedOut"),
    /** Not run: its {@code when} was false. */
    SKIPPED("skipped");

    private final String word;

    EndState(String word) {
        this.word = word;
    }

    /** The word of the plan language. */
    public String word() {
        return word;
    }

    /** How something ended that failed with this type. */
    static EndState of(ErrorType type) {
        return switch (type) {
            case TIMEOUT -> TIMED_OUT;
            case CANCELLED -> CANCELLED;
            default -> FAILED;
        };
    }
}
