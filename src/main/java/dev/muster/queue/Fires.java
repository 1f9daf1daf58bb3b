package dev.muster.queue;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;

/**
 * What nodes agree by which of them runs a plan at a time, and what time it is: the seam below plans that run by the clock.
 *
 * <p>Whoever claims a time first has it, and nobody else ever; a time can be claimed from its moment on for {@link #PATIENCE}. Each
 * is for one loop, on which it is used and completes what it gives.
 */
public interface Fires {

    /** How long after its moment a time can still be claimed. */
    Duration PATIENCE = Duration.ofMinutes(1);

    /** What came of a claim. */
    enum Verdict {
        /** It is the claimer's. */
        FIRE,

        /** It was somebody else's, or the claimer's own already. */
        TAKEN,

        /** It is the claimer's, but the run before goes on: nobody shall run the plan at this time. */
        BUSY,

        /** It has not come. Nobody has it. */
        EARLY,

        /** It is too long ago. Nobody gets it any more. */
        LATE
    }

    /**
     * A wish to run a plan at a time.
     *
     * @param plan its name
     * @param at the time
     * @param overlaps whether a run may begin while one before goes on
     * @param longest after this time its run is taken to have ended, whatever became of the node
     * @param number another one for each wish, by which it is known if it is said again
     */
    record Claim(String plan, Instant at, boolean overlaps, Duration longest, long number) {}

    /** What time it is, for all nodes. Fails if it is not known. */
    Future<Instant> now();

    /** Claims a time. If it fails it may have had an effect, and saying the same again tells which. */
    Future<Verdict> claim(Claim claim);

    /** Says that the run of a time which was claimed has ended. */
    Future<Void> ended(Claim claim);
}
