package dev.muster.connect.queue;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.QueueException;
import java.util.Map;

/** What a queue refuses, as errors of the plan language's table. Any thread. */
public final class QueueErrors {

    /** The further field that has a caller come back later, in seconds. */
    private static final String RETRY_AFTER = "retryAfter";

    private static final Map<String, Object> LATER = Map.of(RETRY_AFTER, 1L);

    private QueueErrors() {}

    /** A refusal as an error. */
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

    /** The error of a put that found no room, and did not wait for any or not for long enough. */
    public static MusterException full(String queue) {
        return new MusterException(
                ErrorType.LIMIT,
                "the queue \"" + queue + "\" is full (queues." + queue + ".size); put again later, or wait for longer",
                LATER,
                null);
    }
}
