package dev.muster.task;

import java.util.ArrayDeque;

/**
 * Failed tasks that nobody has looked at yet.
 *
 * <p>It holds at most {@value #MAX_KEPT}: of more, the oldest are reported early.
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

    /** Reports those that had ended by this moment of the loop's time. */
    void reportEndedBy(long nanos) {
        for (TaskNode<?> first = failed.peek(); first != null && first.endedNanos <= nanos; first = failed.peek()) {
            failed.remove().reportIfUnlooked();
        }
    }
}
