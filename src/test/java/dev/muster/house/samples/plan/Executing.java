package dev.muster.house.samples.plan;

import dev.muster.house.samples.task.LoopSeer;

/** Breaks the floors: a plan never executes, so it sees no tasks. */
public final class Executing {
    LoopSeer seer = new LoopSeer();
}
