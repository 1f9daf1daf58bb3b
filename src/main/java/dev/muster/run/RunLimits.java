package dev.muster.run;

import java.time.Duration;

/**
 * The bounds of a run, each a setting.
 *
 * @param runTime a run's time where its plan says nothing
 * @param readerTime how long the reader of a run's events may take nothing while the run waits for it
 * @param outputBytes the size of an output, and of what is kept of an {@code each}, as JSON text
 * @param valueBytes the size of a value that a step's words, a combinator or the output put together, as JSON text
 * @param eachItems items of one {@code each}
 * @param planDepth plans that call plans
 * @param tasks steps of one run that are at work at once, those inside others counted; beyond it the run ends
 * @param offloadMicros an expression that costs more than this is computed on a worker
 */
public record RunLimits(
        Duration runTime,
        Duration readerTime,
        long outputBytes,
        long valueBytes,
        long eachItems,
        int planDepth,
        int tasks,
        long offloadMicros) {

    /** The documented defaults. */
    public static final RunLimits DEFAULTS = new RunLimits(
            Duration.ofSeconds(30), Duration.ofMinutes(1), 16L << 20, 16L << 20, 1_000_000, 16, 100_000, 5_000);
}
