package dev.muster.dev;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One route of an upstream: the response to requests of one method and path.
 *
 * @param latency the delay before the response
 * @param pace the speed at which the body is sent
 */
record Route(String method, PathPattern path, Span latency, Answer answer, Faults faults, Pace pace) {

    /** The method and path: {@code GET /items/{id}}. */
    String name() {
        return method + " " + path;
    }

    /**
     * The response without faults.
     *
     * @param json whether the body is JSON; otherwise it is text
     * @param body a JSON value in which {@code {name}} is replaced; null with {@code json} false for no body
     */
    record Answer(
            int status,
            Map<String, String> headers,
            boolean json,
            @Nullable Object body) {}

    /** The faults of a route and when they happen. Only the first that applies, in this order, takes effect. */
    record Faults(Occasion hang, Occasion fail, Answer failure, Occasion cut, Occasion garbage) {}

    /**
     * The speed at which the body is sent.
     *
     * @param pieceBytes the size of a piece in bytes; 0 to send the body at once
     * @param items number of NDJSON lines; 0 for a plain body, {@link Long#MAX_VALUE} for an endless stream
     * @param every the time between two pieces or lines
     */
    record Pace(int pieceBytes, long items, Duration every) {
        static final Pace AT_ONCE = new Pace(0, 0, Duration.ZERO);

        boolean streams() {
            return items > 0;
        }

        boolean endless() {
            return items == Long.MAX_VALUE;
        }
    }
}
