package dev.muster.queue;

import org.jspecify.annotations.Nullable;

/**
 * What a store made of one job of a put.
 *
 * @param verdict what became of it
 * @param id of the job that was accepted, or of the one that was there; null for the others
 */
public record PutResult(Verdict verdict, @Nullable String id) {

    /** No room. */
    public static final PutResult FULL = new PutResult(Verdict.FULL, null);

    /** The queue is closed. */
    public static final PutResult CLOSED = new PutResult(Verdict.CLOSED, null);

    /** What became of a job. */
    public enum Verdict {
        /** It is in the queue. */
        ACCEPTED,
        /** An unfinished job with its unique word is there. */
        EXISTING,
        /** There was no room; nothing is left of it. */
        FULL,
        /** The queue is closed; nothing is left of it. */
        CLOSED
    }

    /** It is in the queue. */
    public static PutResult accepted(String id) {
        return new PutResult(Verdict.ACCEPTED, id);
    }

    /** An unfinished job with its unique word is there. */
    public static PutResult existing(String id) {
        return new PutResult(Verdict.EXISTING, id);
    }
}
