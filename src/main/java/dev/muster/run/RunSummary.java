package dev.muster.run;

import org.jspecify.annotations.Nullable;

/**
 * A run at one moment, without its steps: costs the same whatever the run has done.
 *
 * @param run its id
 * @param plan the plan's name
 * @param startedNanos when it began, in the loop's time
 * @param nowNanos the moment, or the run's end
 * @param end how it ended, or null while it runs
 */
public record RunSummary(String run, String plan, long startedNanos, long nowNanos, Event.@Nullable End end) {}
