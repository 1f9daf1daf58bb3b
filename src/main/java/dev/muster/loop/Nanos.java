package dev.muster.loop;

import java.time.Duration;

/** Conversions between durations and nanoseconds that never overflow. */
public final class Nanos {

    /** The longest time that can be represented: 100 years, as good as for ever. */
    public static final long MAX = Duration.ofDays(36_500).toNanos();

    private Nanos() {}

    /** A duration in nanoseconds, between 0 and {@link #MAX}. */
    public static long of(Duration duration) {
        if (duration.isNegative()) {
            return 0;
        }
        return duration.toSeconds() >= MAX / 1_000_000_000L ? MAX : duration.toNanos();
    }

    /** Nanoseconds as milliseconds, rounded to one decimal place: the unit of reports. */
    public static double toMillis(long nanos) {
        return Math.round(nanos / 100_000.0) / 10.0;
    }
}
