package dev.muster.queue;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Where a job is in its life. Every store keeps to the same table of changes.
 *
 * <p>A put makes a job {@link #READY}, or {@link #SCHEDULED} if it has a delay.
 */
public enum JobState {
    /** It waits for its time: the end of its delay, or of the pause before the next try. */
    SCHEDULED,
    /** It can be taken, as far as its key allows. */
    READY,
    /** Somebody works on it and holds its lease. */
    LEASED,
    /** It was acknowledged. */
    DONE,
    /** Its tries are used up, or whoever worked on it gave it up. */
    DEAD,
    /** It was cancelled. */
    CANCELLED;

    private static final Map<JobState, Set<JobState>> CHANGES = Map.of(
            SCHEDULED, EnumSet.of(READY, CANCELLED),
            READY, EnumSet.of(LEASED, CANCELLED),
            LEASED, EnumSet.of(DONE, SCHEDULED, READY, DEAD, CANCELLED),
            DONE, EnumSet.noneOf(JobState.class),
            DEAD, EnumSet.of(READY),
            CANCELLED, EnumSet.noneOf(JobState.class));

    private final String word = name().toLowerCase(Locale.ROOT);

    /** Whether a job may go from this state to that one. */
    public boolean mayBecome(JobState next) {
        return CHANGES.getOrDefault(this, Set.of()).contains(next);
    }

    /** Whether the job is still to be worked on: scheduled, ready or leased. */
    public boolean isUnfinished() {
        return this == SCHEDULED || this == READY || this == LEASED;
    }

    /** Its word in JSON, in SQL and for people. */
    public String word() {
        return word;
    }
}
