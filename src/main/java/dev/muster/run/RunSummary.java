package dev.muster.run;

import org.jspecify.annotations.Nullable;

/**
 * A summary of a run at one moment, without its steps: its cost does not depend on the run.
 *
 * @param run the id of the run
 * @param plan the name of the plan
 * @param startedNanos the start of the run, in the loop's time
 * @param nowNanos the moment of the summary, or the end of the run; in the loop's time
 * @param end the end of the run, or null while it runs
 */
public record RunSummary(String run, String plan, long startedNanos, long nowNanos, Event.@Nullable End end) {}
