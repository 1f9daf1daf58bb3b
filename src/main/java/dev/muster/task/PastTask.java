package dev.muster.task;

import org.jspecify.annotations.Nullable;

/**
 * The name of a task for the paths of its descendants once they have ended.
 *
 * <p>A task that somebody keeps must not keep its ended ancestors alive, with their values. So an ended task points at this
 * instead of its parent, and the link upwards is replaced in turn when the parent ends.
 */
final class PastTask implements Named {

    private final String name;
    private final int depth;

    @Nullable
    Named above;

    PastTask(Named of) {
        this.name = of.name();
        this.depth = of.depth();
        this.above = of.above();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int depth() {
        return depth;
    }

    @Override
    public @Nullable Named above() {
        return above;
    }
}
