package dev.muster.run;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run at one moment: what has happened until then.
 *
 * @param run its id
 * @param plan the plan's name
 * @param startedNanos when it began, in the loop's time
 * @param nowNanos the moment, or the run's end
 * @param end how it ended, or null while it runs
 * @param steps the steps that have begun, in the order in which they began; {@value Trace#MOST} at most
 * @param partial paths of the steps whose failure became null or a default
 * @param left how many steps more have begun than there is room for
 */
public record RunReport(
        String run,
        String plan,
        long startedNanos,
        long nowNanos,
        Event.@Nullable End end,
        List<StepReport> steps,
        List<String> partial,
        long left) {

    /** The same without the steps. */
    public RunSummary summary() {
        return new RunSummary(run, plan, startedNanos, nowNanos, end);
    }
}
