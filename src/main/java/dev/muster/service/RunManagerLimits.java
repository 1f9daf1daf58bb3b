package dev.muster.service;

import java.time.Duration;

/**
 * The limits on what a node admits and keeps; each one is a setting of {@code server.limits}.
 *
 * @param runs concurrent runs
 * @param events events kept of one run
 * @param eventsBytes size of the events kept of one run, in bytes; the last event is kept whatever its size
 * @param eventsAge how long an ended run and its events are remembered
 * @param ended ended runs that are remembered
 * @param endedBytes size of all kept events and step reports of ended runs, in bytes
 * @param memoryBytes memory that all requests and runs together hold at most, in bytes
 */
public record RunManagerLimits(
        int runs, int events, long eventsBytes, Duration eventsAge, int ended, long endedBytes, long memoryBytes) {

    private static final int PERCENT_OF_HEAP = 40;

    /** The documented defaults. The memory limit is 40 % of the maximum heap of this JVM, at least 1 MiB. */
    public static final RunManagerLimits DEFAULTS = new RunManagerLimits(
            10_000,
            1_000,
            16L << 20,
            Duration.ofMinutes(5),
            1_000,
            64L << 20,
            Math.max(1L << 20, Runtime.getRuntime().maxMemory() / 100 * PERCENT_OF_HEAP >> 20 << 20));
}
