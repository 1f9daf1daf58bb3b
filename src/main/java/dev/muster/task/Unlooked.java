package dev.muster.task;

import java.util.ArrayDeque;

/**
 * Failed tasks that nobody has looked at yet.
 *
 * <p>It holds at most {@value #MOST}: a task that lives long and drops many failures has the oldest reported early.
 */
final class Unlooked {

    private static final int MOST = 1_000;

    private final ArrayDeque<TaskNode<?>> failed = new ArrayDeque<>();

    void add(TaskNode<?> task) {
        if (failed.size() == MOST) {
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
