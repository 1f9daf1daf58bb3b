package dev.muster.queue;

import org.jspecify.annotations.Nullable;

/**
 * The result of putting one job.
 *
 * @param verdict the outcome
 * @param id id of the accepted job, or of the existing one; null otherwise
 */
public record PutResult(Verdict verdict, @Nullable String id) {

    /** There is no room. */
    public static final PutResult FULL = new PutResult(Verdict.FULL, null);

    /** The queue is closed. */
    public static final PutResult CLOSED = new PutResult(Verdict.CLOSED, null);

    /** The outcomes of a put. */
    public enum Verdict {
        /** The job is in the queue. */
        ACCEPTED,
        /** An unfinished job with this unique word is in the queue. */
        EXISTING,
        /** There was no room. Nothing was stored. */
        FULL,
        /** The queue is closed. Nothing was stored. */
        CLOSED
    }

    /** The result for an accepted job. */
    public static PutResult accepted(String id) {
        return new PutResult(Verdict.ACCEPTED, id);
    }

    /** The result for a job whose unique word belongs to an unfinished job. */
    public static PutResult existing(String id) {
        return new PutResult(Verdict.EXISTING, id);
    }
}
