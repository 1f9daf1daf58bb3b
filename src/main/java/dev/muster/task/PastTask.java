package dev.muster.task;

import org.jspecify.annotations.Nullable;

/**
 * The stand-in of a task in the paths of its descendants.
 *
 * <p>Code that keeps a task must not thereby keep its ended ancestors, with their values, in memory. An ended task
 * therefore points at this object instead of its parent, and the link upwards is replaced in turn when the parent ends.
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
