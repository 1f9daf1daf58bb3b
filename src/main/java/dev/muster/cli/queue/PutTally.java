package dev.muster.cli.queue;

import dev.muster.config.Durations;
import dev.muster.loop.Loop;
import java.time.Duration;

/** The progress of a put of many jobs. Safe on any thread; only one thread changes it. */
final class PutTally {

    private static final double NANOS = 1e9;

    private final Loop loop;
    private final long startedNanos;
    private long put;
    private long existing;
    private long waitingNanos;
    private boolean isWaiting;
    private String why = "";

    PutTally(Loop loop) {
        this.loop = loop;
        this.startedNanos = loop.nanos();
    }

    synchronized void accepted(boolean wasThere) {
        if (wasThere) {
            existing++;
        } else {
            put++;
        }
    }

    synchronized void goesOn() {
        isWaiting = false;
    }

    /** Starts waiting for this reason, or changes the reason of the current wait. */
    synchronized void waits(String reason) {
        if (!isWaiting) {
            isWaiting = true;
            waitingNanos = loop.nanos();
        }
        why = reason;
    }

    /** The time since the last progress; zero when not waiting. */
    synchronized Duration waited() {
        return isWaiting ? Duration.ofNanos(loop.nanos() - waitingNanos) : Duration.ZERO;
    }

    synchronized long total() {
        return put + existing;
    }

    /** A summary such as {@code 1000 put, 12 were there already}. */
    synchronized String sum() {
        return put + " put"
                + (existing == 0 ? "" : ", " + existing + (existing == 1 ? " was" : " were") + " there already");
    }

    /** The current progress, for display. */
    synchronized String line() {
        long nanos = Math.max(1, loop.nanos() - startedNanos);
        long rate = Math.round((put + existing) / (nanos / NANOS));
        String line = sum() + ", " + rate + " jobs/s";
        if (!isWaiting) {
            return line;
        }
        long tenths = (loop.nanos() - waitingNanos) / 100_000_000;
        return line + ", " + why + " for " + Durations.human(Duration.ofMillis(tenths * 100));
    }
}
