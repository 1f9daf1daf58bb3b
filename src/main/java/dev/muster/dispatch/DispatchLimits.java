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
 * @param endedBytes the size of all events that are kept of them, and of what is known of their steps
 * @param memoryBytes the memory that requests and runs may hold together
 */
public record DispatchLimits(
        int runs, int events, long eventsBytes, Duration eventsAge, int ended, long endedBytes, long memoryBytes) {

    private static final int PERCENT_OF_HEAP = 40;

    /** The documented defaults; what may be held goes by the heap of this JVM. */
    public static final DispatchLimits DEFAULTS = new DispatchLimits(
            10_000,
            1_000,
            16L << 20,
            Duration.ofMinutes(5),
            1_000,
            64L << 20,
            Math.max(1L << 20, Runtime.getRuntime().maxMemory() / 100 * PERCENT_OF_HEAP >> 20 << 20));
}
