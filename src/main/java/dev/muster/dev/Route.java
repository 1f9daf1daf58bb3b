package dev.muster.dev;

import dev.muster.config.Durations;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

    /** A range of durations, from which each request draws uniformly; both bounds are equal for a fixed duration. */
    record Span(Duration from, Duration to) {
        static final Span NONE = new Span(Duration.ZERO, Duration.ZERO);

        /**
         * Parses {@code 120ms} or {@code 80ms..200ms}.
         *
         * @throws IllegalArgumentException if the text is invalid; the message shows the syntax
         */
        static Span parse(String text) {
            int dots = text.indexOf("..");
            if (dots < 0) {
                Duration only = Durations.parse(text);
                return new Span(only, only);
            }
            Span span = new Span(Durations.parse(text.substring(0, dots)), Durations.parse(text.substring(dots + 2)));
            if (span.from.compareTo(span.to) > 0) {
                throw new IllegalArgumentException(
                        "\"" + text + "\" ends before it begins; write the shorter time first");
            }
            return span;
        }

        /** The duration for one request in milliseconds, chosen by a number from 0 to 1. */
        long millis(double chance) {
            return from.toMillis() + Math.round((to.toMillis() - from.toMillis()) * chance);
        }
    }

    /**
     * Selects the requests of one URL on which a fault happens: the first {@code first} of every {@code of}, or a random share.
     *
     * @param share probability from 0 to 1; 1 if only the count decides
     * @param first number of consecutive requests that are selected; {@link Long#MAX_VALUE} for all
     * @param of number of requests after which the count restarts; {@link Long#MAX_VALUE} for never
     */
    record Occasion(double share, long first, long of) {
        static final Occasion NEVER = new Occasion(0, 0, Long.MAX_VALUE);
        static final Occasion ALWAYS = new Occasion(1, Long.MAX_VALUE, Long.MAX_VALUE);

        private static final Pattern SHARE = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,3})?)%");
        private static final Pattern FIRST = Pattern.compile("first ([0-9]{1,9})(?: of ([0-9]{1,9}))?");

        /**
         * Parses {@code always}, {@code never}, {@code 20%}, {@code first 2} or {@code first 1 of 3}; {@code true} and {@code false}
         * mean always and never.
         *
         * @throws IllegalArgumentException if the text is invalid; the message shows the syntax
         */
        static Occasion parse(String text) {
            Matcher share = SHARE.matcher(text);
            Matcher first = FIRST.matcher(text);
            if (text.equals("always") || text.equals("true")) {
                return ALWAYS;
            }
            if (text.equals("never") || text.equals("false")) {
                return NEVER;
            }
            if (share.matches() && Double.parseDouble(share.group(1)) <= 100) {
                return new Occasion(Double.parseDouble(share.group(1)) / 100, Long.MAX_VALUE, Long.MAX_VALUE);
            }
            if (first.matches()) {
                long count = Long.parseLong(first.group(1));
                long of = first.group(2) == null ? Long.MAX_VALUE : Long.parseLong(first.group(2));
                if (of >= count && of > 0) {
                    return new Occasion(1, count, of);
                }
            }
            throw new IllegalArgumentException("\"" + text
                    + "\" is not a condition; write always, 20%, first 2 or first 1 of 3 (requests of one URL)");
        }

        /**
         * Whether the fault happens.
         *
         * @param count number of earlier requests of the same URL
         * @param chance a random number from 0 to 1 for this request
         */
        boolean meets(long count, double chance) {
            return count % of < first && chance < share;
        }
    }
}
