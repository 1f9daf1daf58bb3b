package dev.muster.task;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The names of a task and its ancestors, for display. */
final class Paths {

    private static final int NAMES_IN_PATH = 32;
    private static final int MAX_NAMES = 256;

    private Paths() {}

    /** The path from the root of the tree down to the task, separated by slashes; of a deep tree the last 32 names. */
    static String of(Named task) {
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
}
