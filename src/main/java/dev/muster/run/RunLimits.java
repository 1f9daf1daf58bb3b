package dev.muster.run;

import java.time.Duration;

/**
 * The bounds of a run, each a setting.
 *
 * @param runTime a run's time where its plan says nothing
 * @param readerTime how long the reader of a run's events may take nothing while the run waits for it
 * @param outputBytes the size of an output, and of what is kept of an {@code each}, as JSON text
 * @param eachItems items of one {@code each}
 * @param planDepth plans that call plans
 * @param offloadMicros an expression that costs more than this is computed on a worker
 */
public record RunLimits(
        Duration runTime, Duration readerTime, long outputBytes, long eachItems, int planDepth, long offloadMicros) {

    /** The documented defaults. */
    public static final RunLimits DEFAULTS =
            new RunLimits(Duration.ofSeconds(30), Duration.ofMinutes(1), 16L << 20, 1_000_000, 16, 5_000);
}
