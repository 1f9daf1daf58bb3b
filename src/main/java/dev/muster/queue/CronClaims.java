package dev.muster.queue;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;

/**
 * The claims of scheduled run times: nodes agree here on which of them runs a plan at a given time, and on the current time. The
 * seam below cron schedules.
 *
 * <p>The first claim of a time wins; no other claim of it ever does. A time can be claimed from its moment on, for
 * {@link #PATIENCE}. An instance belongs to one loop: it is used there, and its futures complete there.
 */
public interface CronClaims {

    /** How long after its moment a time can be claimed. */
    Duration PATIENCE = Duration.ofMinutes(1);

    /** The results of a claim. */
    enum Verdict {
        /** The claimer runs the plan. */
        FIRE,

        /** Another claim won the time, or the claimer did before. */
        TAKEN,

        /** The claimer won, but the previous run is still in progress: no node runs the plan at this time. */
        BUSY,

        /** The time has not come. Nobody has it. */
        EARLY,

        /** The time is too long ago. Nobody can claim it any more. */
        LATE
    }

    /**
     * A request to run a plan at a time.
     *
     * @param plan name of the plan
     * @param at the time
     * @param overlaps whether a run is allowed to start while an earlier one is in progress
     * @param longest after this time the run counts as ended, whatever became of its node
     * @param number unique number of the claim, by which a repeated claim is recognized
     */
    record Claim(String plan, Instant at, boolean overlaps, Duration longest, long number) {}

    /** Returns the current time, the same for all nodes. Fails if it is unknown. */
    Future<Instant> now();

    /** Claims a time. A failed call can have taken effect; a repeat with the same claim returns the result. */
    Future<Verdict> claim(Claim claim);

    /** Reports that the run of a claimed time has ended. */
    Future<Void> ended(Claim claim);
}
