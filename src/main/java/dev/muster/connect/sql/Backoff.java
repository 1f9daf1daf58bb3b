package dev.muster.connect.sql;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The backoff between attempts to connect to an unreachable database. Pauses double from 50 ms to 2 s, with full jitter in their
 * second half. Safe on any thread.
 */
final class Backoff {
    private static final long FIRST_NANOS = Duration.ofMillis(50).toNanos();
    private static final long LONGEST_NANOS = Duration.ofSeconds(2).toNanos();

    private long pauseNanos;
    private long notBeforeNanos;

    /** The remaining pause at this time; zero if an attempt is allowed now. */
    synchronized Duration left(long nowNanos) {
        return pauseNanos == 0 ? Duration.ZERO : Duration.ofNanos(Math.max(0, notBeforeNanos - nowNanos));
    }

    /** Records a failed attempt. A failure within a pause belongs to an attempt that began before the pause, and is ignored. */
    synchronized void failed(long nowNanos) {
        if (pauseNanos > 0 && nowNanos < notBeforeNanos) {
            return;
        }
        pauseNanos = pauseNanos == 0 ? FIRST_NANOS : Math.min(LONGEST_NANOS, pauseNanos * 2);
        notBeforeNanos = nowNanos + pauseNanos / 2 + ThreadLocalRandom.current().nextLong(pauseNanos / 2);
    }

    /** Records a successful attempt and ends the backoff. */
    synchronized void worked() {
        pauseNanos = 0;
    }
}
