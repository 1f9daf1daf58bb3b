package dev.muster.loop;

import java.time.Duration;

/** Durations as nanoseconds that never overflow. */
public final class Nanos {

    /** The longest time that is told apart from "for ever": 100 years. */
    public static final long MAX = Duration.ofDays(36_500).toNanos();

    private Nanos() {}

    /** A duration in nanoseconds, between 0 and {@link #MAX}. */
    public static long of(Duration duration) {
        if (duration.isNegative()) {
            return 0;
        }
        return duration.toSeconds() >= MAX / 1_000_000_000L ? MAX : duration.toNanos();
    }

    /** Nanoseconds as milliseconds with one digit after the point, the unit of reports. */
    public static double toMillis(long nanos) {
        return Math.round(nanos / 100_000.0) / 10.0;
    }
}
