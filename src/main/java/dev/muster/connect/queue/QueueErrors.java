package dev.muster.connect.queue;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.QueueException;
import java.util.Map;

/** Converts the errors of queues into Muster errors. Safe on any thread. */
public final class QueueErrors {

    /** The additional field with the seconds after which to retry. */
    private static final Map<String, Object> LATER = Map.of("retryAfter", 1L);

    private QueueErrors() {}

    /** The Muster error for a rejection by a queue. */
    public static MusterException of(QueueException refused) {
        String detail = String.valueOf(refused.getMessage());
        return switch (refused.kind()) {
            case CONFLICT -> new MusterException(ErrorType.CONFLICT, detail, refused);
            case LIMIT -> new MusterException(ErrorType.LIMIT, detail, refused);
            case BUSY -> new MusterException(ErrorType.LIMIT, detail, LATER, refused);
            case NOT_FOUND -> new MusterException(ErrorType.NOT_FOUND, detail, refused);
            case ENDED -> new MusterException(ErrorType.UNAVAILABLE, detail, LATER, refused);
        };
    }

    /** The error of a put that found no room, without waiting or within its wait time. */
    public static MusterException full(String queue) {
        return new MusterException(
                ErrorType.LIMIT,
                "the queue \"" + queue + "\" is full (queues." + queue + ".size); put again later, or wait longer",
                LATER,
                null);
    }
}
