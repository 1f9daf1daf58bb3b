package dev.muster.dispatch;

import java.time.Duration;

/**
 * The bounds of what a node takes in and keeps, each a setting of {@code server.limits}.
 *
 * @param runs runs at once
 * @param events events kept of one run
 * @param eventsBytes their size; the last one is kept whatever its size
 * @param eventsAge how long a run that has ended is remembered, with its events
 * @param ended runs that have ended and are remembered
 * @param endedBytes the size of all events that are kept of them
 */
public record DispatchLimits(int runs, int events, long eventsBytes, Duration eventsAge, int ended, long endedBytes) {

    /** The documented defaults. */
    public static final DispatchLimits DEFAULTS =
            new DispatchLimits(10_000, 1_000, 16L << 20, Duration.ofMinutes(5), 1_000, 64L << 20);
}
