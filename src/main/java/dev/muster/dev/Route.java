package dev.muster.dev;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an upstream answers to requests of one method and path.
 *
 * @param latency how long before it answers
 * @param pace how the body leaves
 */
record Route(String method, PathPattern path, Span latency, Answer answer, Faults faults, Pace pace) {

    /** {@code GET /items/{id}}. */
    String name() {
        return method + " " + path;
    }

    /**
     * The answer when nothing goes wrong.
     *
     * @param json whether the body is JSON; else it is text
     * @param body a JSON value in which {@code {name}} is filled in; null with {@code json} false for no body
     */
    record Answer(
            int status,
            Map<String, String> headers,
            boolean json,
            @Nullable Object body) {}

    /** What goes wrong, and when. The first that meets, in this order, is what happens. */
    record Faults(Occasion hang, Occasion fail, Answer failure, Occasion cut, Occasion garbage) {}

    /**
     * How the body leaves.
     *
     * @param pieceBytes the size of a piece, 0 for all at once
     * @param items how many lines of NDJSON, 0 for a plain body, {@link Long#MAX_VALUE} for no end
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
