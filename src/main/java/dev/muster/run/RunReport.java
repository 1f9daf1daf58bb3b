package dev.muster.run;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A report of a run at one moment.
 *
 * @param run the id of the run
 * @param plan the name of the plan
 * @param startedNanos the start of the run, in the loop's time
 * @param nowNanos the moment of the report, or the end of the run; in the loop's time
 * @param end the end of the run, or null while it runs
 * @param steps the steps that have begun, in the order of their start; at most {@value Trace#MAX_STEPS}
 * @param partial the paths of the steps whose failure was replaced by null or a default
 * @param left the number of further steps that have begun and are not listed
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

    /** The summary of this report, without the steps. */
    public Summary summary() {
        return new Summary(run, plan, startedNanos, nowNanos, end);
    }

    /**
     * A summary of a run at one moment, without its steps: its cost does not depend on the run.
     *
     * @param run the id of the run
     * @param plan the name of the plan
     * @param startedNanos the start of the run, in the loop's time
     * @param nowNanos the moment of the summary, or the end of the run; in the loop's time
     * @param end the end of the run, or null while it runs
     */
    public record Summary(String run, String plan, long startedNanos, long nowNanos, Event.@Nullable End end) {}
}
