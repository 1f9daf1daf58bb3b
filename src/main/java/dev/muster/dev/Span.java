package dev.muster.dev;

import dev.muster.config.Durations;
import java.time.Duration;

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
            throw new IllegalArgumentException("\"" + text + "\" ends before it begins; write the shorter time first");
        }
        return span;
    }

    /** The duration for one request in milliseconds, chosen by a number from 0 to 1. */
    long millis(double chance) {
        return from.toMillis() + Math.round((to.toMillis() - from.toMillis()) * chance);
    }
}
