package dev.muster.queue;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a store made of a {@link Settle}.
 *
 * @param verdict whether it took effect
 * @param state where the job is now; null if the settle was refused
 * @param expires when the lease runs out now, if the settle kept it
 */
public record Settled(
        Verdict verdict, @Nullable JobState state, @Nullable Instant expires) {

    /** The lease is not, or no longer, the job's. */
    public static final Settled STALE = new Settled(Verdict.STALE, null, null);

    /** The job is to be cancelled: its lease is not extended. */
    public static final Settled CANCEL_ASKED = new Settled(Verdict.CANCEL_ASKED, null, null);

    /** Whether a settle took effect. */
    public enum Verdict {
        /** It did, now or when the same was said before. */
        APPLIED,
        /** The lease is not, or no longer, the job's: it ran out, was settled, or the job is gone. Nothing changed. */
        STALE,
        /** An extension of a job that is to be cancelled. Nothing changed. */
        CANCEL_ASKED
    }

    /** It took effect, and the lease is over. */
    public static Settled to(JobState state) {
        return new Settled(Verdict.APPLIED, state, null);
    }

    /** It took effect, and the lease runs on. */
    public static Settled kept(Instant expires) {
        return new Settled(Verdict.APPLIED, JobState.LEASED, expires);
    }

    /** Whether it took effect. */
    public boolean isApplied() {
        return verdict == Verdict.APPLIED;
    }
}
