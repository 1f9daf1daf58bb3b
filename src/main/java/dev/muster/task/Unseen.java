package dev.muster.task;

import java.util.ArrayDeque;

/**
 * The failed tasks whose failure has not been read yet.
 *
 * <p>It holds at most {@value #MAX_KEPT}; beyond that the oldest are reported early.
 */
final class Unseen {

    private static final int MAX_KEPT = 1_000;

    private final ArrayDeque<TaskNode<?>> failed = new ArrayDeque<>();

    void add(TaskNode<?> task) {
        if (failed.size() == MAX_KEPT) {
            failed.remove().reportIfUnlooked();
        }
        failed.add(task);
    }

    boolean isEmpty() {
        return failed.isEmpty();
    }

    void reportAll() {
        reportEndedBy(Long.MAX_VALUE);
    }

    /** Reports the tasks that had ended by a moment in the loop's time. */
    void reportEndedBy(long nanos) {
        for (TaskNode<?> first = failed.peek(); first != null && first.endedNanos <= nanos; first = failed.peek()) {
            failed.remove().reportIfUnlooked();
        }
    }
}
