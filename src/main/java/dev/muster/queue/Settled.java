package dev.muster.queue;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The result of a {@link Settle}.
 *
 * @param verdict whether the settle took effect
 * @param state state of the job after the settle; null if the settle was rejected
 * @param expires new expiry of the lease, if the settle kept it
 */
public record Settled(
        Verdict verdict, @Nullable JobState state, @Nullable Instant expires) {

    /** The lease is not, or not any more, the current lease of the job. */
    public static final Settled STALE = new Settled(Verdict.STALE, null, null);

    /** The cancel of the job was requested: its lease is not extended. */
    public static final Settled CANCEL_ASKED = new Settled(Verdict.CANCEL_ASKED, null, null);

    /** Whether a settle took effect. */
    public enum Verdict {
        /** The settle took effect, now or when it was first sent. */
        APPLIED,
        /** The lease is not valid: it expired, was settled, or the job does not exist. Nothing changed. */
        STALE,
        /** The settle is an extension, and the cancel of the job was requested. Nothing changed. */
        CANCEL_ASKED
    }

    /** The settle took effect, and the lease has ended. */
    public static Settled to(JobState state) {
        return new Settled(Verdict.APPLIED, state, null);
    }

    /** The settle took effect, and the lease continues. */
    public static Settled kept(Instant expires) {
        return new Settled(Verdict.APPLIED, JobState.LEASED, expires);
    }

    /** Whether the settle took effect. */
    public boolean isApplied() {
        return verdict == Verdict.APPLIED;
    }
}
