package dev.muster.task;

import java.util.ArrayDeque;

/**
 * Hands an earlier deadline down a tree.
 *
 * <p>Each task knows the earliest deadline above it, so that none has to look upwards. Most deadlines are given to a task
 * that has no children yet, and cost nothing here.
 */
final class Deadlines {

    private Deadlines() {}

    static void tighten(TaskNode<?> top, long atNanos) {
        if (top.firstChild() == null) {
            return;
        }
        var later = new ArrayDeque<TaskNode<?>>();
        later.push(top);
        while (!later.isEmpty()) {
            for (TaskNode<?> child = later.pop().firstChild(); child != null; child = child.nextSibling()) {
                if (child.tightened(atNanos)) {
                    later.push(child);
                }
            }
        }
    }
}
