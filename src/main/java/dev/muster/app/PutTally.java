package dev.muster.app;

import dev.muster.config.Durations;
import dev.muster.loop.Loop;
import java.time.Duration;
import java.util.List;

/** How far a put of many jobs has come. Safe on every thread; one thread changes it. */
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

    /** Nothing holds it up any more. */
    synchronized void goesOn() {
        isWaiting = false;
    }

    /** Something holds it up: since now, or still. */
    synchronized void waits(String reason) {
        if (!isWaiting) {
            isWaiting = true;
            waitingNanos = loop.nanos();
        }
        why = reason;
    }

    /** For how long nothing has gone on; zero while it does. */
    synchronized Duration waited() {
        return isWaiting ? Duration.ofNanos(loop.nanos() - waitingNanos) : Duration.ZERO;
    }

    synchronized long total() {
        return put + existing;
    }

    /** {@code 1000 put, 12 were there already}. */
    synchronized String sum() {
        return put + " put"
                + (existing == 0 ? "" : ", " + existing + (existing == 1 ? " was" : " were") + " there already");
    }

    /** What it looks like at this moment. */
    synchronized List<String> lines() {
        long nanos = Math.max(1, loop.nanos() - startedNanos);
        long rate = Math.round((put + existing) / (nanos / NANOS));
        String line = sum() + ", " + rate + " jobs/s";
        return List.of(
                isWaiting
                        ? line + ", " + why + " for "
                                + Durations.human(
                                        Duration.ofNanos((loop.nanos() - waitingNanos) / 100_000_000 * 100_000_000))
                        : line);
    }
}
