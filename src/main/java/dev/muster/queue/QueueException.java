package dev.muster.queue;

import dev.muster.config.Sizes;
import org.jspecify.annotations.Nullable;

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
        /** Too many wait at the queue; later there may be room. */
        BUSY,
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

    static QueueException closed(String queue) {
        return new QueueException(Kind.CONFLICT, "the queue \"" + queue + "\" is closed");
    }

    static QueueException ended(String queue) {
        return new QueueException(Kind.ENDED, "the queue \"" + queue + "\" has ended here, as the node stops");
    }

    static QueueException tooManyWait(String queue, int most) {
        return new QueueException(
                Kind.BUSY, most + " wait at the queue \"" + queue + "\" already, which is the bound; try again later");
    }

    /** Why a job is not for a queue, or null if its body is short enough. */
    static @Nullable QueueException ifTooLong(NewJob job, QueueSettings settings) {
        int most = settings.bodyBytes();
        if (job.body().length() <= most / 3) {
            return null;
        }
        int bytes = StoredJob.utf8Bytes(job.body());
        String name = settings.name();
        return bytes <= most
                ? null
                : new QueueException(
                        Kind.LIMIT,
                        "the body has " + bytes + " bytes; a job of the queue \"" + name + "\" may have "
                                + Sizes.format(most) + " (queues." + name + ".body)");
    }
}
