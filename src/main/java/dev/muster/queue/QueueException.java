package dev.muster.queue;

/**
 * A queue's refusal. It has no stack trace: it tells a caller something, not a programmer.
 *
 * <p>Whoever answers callers makes an error of its own out of the {@linkplain #kind() kind}.
 */
public final class QueueException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** What a refusal is about. */
    public enum Kind {
        /** The queue is closed, or its lease is no longer the caller's. */
        CONFLICT,
        /** A bound was passed; the message names it and its setting. */
        LIMIT,
        /** There is no such job. */
        NOT_FOUND,
        /** The node goes down, and what waits here is sent away. */
        ENDED
    }

    /** A refusal. */
    public QueueException(Kind kind, String message) {
        super(message, null, true, false);
        this.kind = kind;
    }

    /** What it is about. */
    public Kind kind() {
        return kind;
    }
}
