package dev.muster.run;

import dev.muster.config.Sizes;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.time.Duration;

/**
 * The limits of a run; each is a setting.
 *
 * @param runTime the time limit of a run whose plan sets none
 * @param readerTime the time for which a reader can take no event while the run waits for it
 * @param outputBytes the size of an output, and of the kept results of an {@code each}, as JSON text
 * @param valueBytes the size of a value composed by arguments, a combinator or the output, as JSON text
 * @param eachItems the number of items of one {@code each}
 * @param planDepth the depth of plans that call plans
 * @param tasks the number of steps of one run at work at once, nested ones included; beyond it the run fails
 * @param offloadMicros the estimated cost in microseconds above which an expression is evaluated on a worker
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

    void checkOutput(long bytes) {
        if (bytes > outputBytes) {
            throw outputTooLarge("the output");
        }
    }

    MusterException outputTooLarge(String what) {
        return new MusterException(
                ErrorType.LIMIT, what + ": more than " + Sizes.format(outputBytes) + " (server.limits.output)");
    }
}
