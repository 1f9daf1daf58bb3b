package dev.muster.task;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node of the tree of names: a live task, or the stand-in of an ended one for its descendants. */
sealed interface Named permits TaskNode, Named.Past {

    int NAMES_IN_PATH = 32;
    int MAX_NAMES = 256;

    String name();

    int depth();

    /** The parent; null for the root. */
    @Nullable
    Named above();

    /** The path from the root of the tree down to the task, separated by slashes; of a deep tree the last 32 names. */
    static String path(Named task) {
        int depth = task.depth();
        int shown = Math.max(1, Math.min(depth, NAMES_IN_PATH));
        String path = String.join("/", upwards(task, shown));
        return depth > NAMES_IN_PATH ? "…/" + path : path;
    }

    /** The names from the root of the tree down to the task; of a deep tree the first 256. */
    static List<String> names(Named task) {
        int shown = Math.max(1, Math.min(task.depth(), MAX_NAMES));
        Named lowest = task;
        for (int below = task.depth() - shown; below > 0; below--) {
            Named above = lowest.above();
            lowest = above == null ? lowest : above;
        }
        return List.of(upwards(lowest, shown));
    }

    private static String[] upwards(Named lowest, int shown) {
        var names = new String[shown];
        @Nullable Named at = lowest;
        for (int i = shown - 1; i >= 0; i--) {
            names[i] = at == null ? "" : at.name();
            at = at == null ? null : at.above();
        }
        return names;
    }

    /**
     * The stand-in of a task in the paths of its descendants.
     *
     * <p>Code that keeps a task must not thereby keep its ended ancestors, with their values, in memory. An ended task
     * therefore points at this object instead of its parent, and the link upwards is replaced in turn when the parent ends.
     */
    final class Past implements Named {

        private final String name;
        private final int depth;

        @Nullable
        Named above;

        Past(Named of) {
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
}
