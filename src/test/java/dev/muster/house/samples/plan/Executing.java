package dev.muster.house.samples.plan;

import dev.muster.house.samples.task.LoopSeer;

/** Breaks the layers: a plan executes nothing, so it uses no tasks. */
public final class Executing {
    LoopSeer seer = new LoopSeer();
}
