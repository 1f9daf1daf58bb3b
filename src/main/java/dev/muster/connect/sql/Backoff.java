package dev.muster.connect.sql;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * When to try to connect again to a database that could not be reached: pauses that double, from 50 ms to 2 s, with full
 * jitter in their second half. Safe on every thread.
 */
final class Backoff {
    private static final long FIRST_NANOS = Duration.ofMillis(50).toNanos();
    private static final long LONGEST_NANOS = Duration.ofSeconds(2).toNanos();

    private long pauseNanos;
    private long notBeforeNanos;

    /** How long to wait at this moment. */
    synchronized Duration left(long nowNanos) {
        return pauseNanos == 0 ? Duration.ZERO : Duration.ofNanos(Math.max(0, notBeforeNanos - nowNanos));
    }

    /** Notes that connecting failed. Failures within a pause are of attempts that began before it. */
    synchronized void failed(long nowNanos) {
        if (pauseNanos > 0 && nowNanos < notBeforeNanos) {
            return;
        }
        pauseNanos = pauseNanos == 0 ? FIRST_NANOS : Math.min(LONGEST_NANOS, pauseNanos * 2);
        notBeforeNanos = nowNanos + pauseNanos / 2 + ThreadLocalRandom.current().nextLong(pauseNanos / 2);
    }

    /** Notes that it worked. */
    synchronized void worked() {
        pauseNanos = 0;
    }
}
