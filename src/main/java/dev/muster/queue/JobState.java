package dev.muster.queue;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The states of a job, and the table of allowed changes, which every store keeps.
 *
 * <p>A put makes a job {@link #READY}, or {@link #SCHEDULED} if it has a delay.
 */
public enum JobState {
    /** The job waits for the end of its delay, or of the pause before its next attempt. */
    SCHEDULED,
    /** The job can be taken, as far as its key allows. */
    READY,
    /** A worker holds the lease of the job. */
    LEASED,
    /** The job was acknowledged. */
    DONE,
    /** The job has no attempts left, or a worker gave it up. */
    DEAD,
    /** The job was cancelled. */
    CANCELLED;

    private static final Map<JobState, Set<JobState>> CHANGES = Map.of(
            SCHEDULED, EnumSet.of(READY, CANCELLED),
            READY, EnumSet.of(LEASED, CANCELLED),
            LEASED, EnumSet.of(DONE, SCHEDULED, READY, DEAD, CANCELLED),
            DONE, EnumSet.noneOf(JobState.class),
            DEAD, EnumSet.of(READY),
            CANCELLED, EnumSet.noneOf(JobState.class));

    private final String word = name().toLowerCase(Locale.ROOT);

    /** Whether a job is allowed to change from this state to {@code next}. */
    public boolean mayBecome(JobState next) {
        return CHANGES.getOrDefault(this, Set.of()).contains(next);
    }

    /** Whether the job is scheduled, ready or leased. */
    public boolean isUnfinished() {
        return this == SCHEDULED || this == READY || this == LEASED;
    }

    /** Returns the word for the state in JSON, in SQL and in texts. */
    public String word() {
        return word;
    }
}
