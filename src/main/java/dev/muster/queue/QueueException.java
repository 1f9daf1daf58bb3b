package dev.muster.queue;

import dev.muster.config.Sizes;
import org.jspecify.annotations.Nullable;

/**
 * A rejection by a queue. It has no stack trace, because it informs a caller and not a programmer.
 *
 * <p>Code that responds to callers turns the {@linkplain #kind() kind} into an error of its own.
 */
public final class QueueException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** The kinds of rejection. */
    public enum Kind {
        /** The queue is closed, or the lease is not valid. */
        CONFLICT,
        /** A limit was exceeded; the message names the limit and its setting. */
        LIMIT,
        /** Too many callers wait at the queue; a later request can succeed. */
        BUSY,
        /** There is no such job. */
        NOT_FOUND,
        /** The node is stopping, and fails everything that waits. */
        ENDED
    }

    /** A rejection. */
    public QueueException(Kind kind, String message) {
        super(message, null, true, false);
        this.kind = kind;
    }

    /** Returns the kind of the rejection. */
    public Kind kind() {
        return kind;
    }

    static QueueException closed(String queue) {
        return new QueueException(Kind.CONFLICT, "the queue \"" + queue + "\" is closed");
    }

    static QueueException ended(String queue) {
        return new QueueException(Kind.ENDED, "the queue \"" + queue + "\" has ended here, as the node is stopping");
    }

    static QueueException tooManyWait(String queue, int most) {
        return new QueueException(
                Kind.BUSY,
                "the queue \"" + queue + "\" already has " + most + " waiting requests, the limit; try again later");
    }

    /** Returns the rejection of a job whose body is too long for the queue; null if the body fits. */
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
