package dev.muster.task;

import dev.muster.loop.Nanos;
import dev.muster.loop.Timer;
import java.time.Duration;
import java.util.ArrayDeque;

/**
 * The deadlines of tasks.
 *
 * <p>Each task stores the earliest deadline of itself and its ancestors, so that no lookup walks up the tree. A new,
 * earlier deadline is pushed down the tree. Most deadlines are set on a task without children, where that is free.
 */
final class Deadlines {

    private Deadlines() {}

    /** Sets an earlier deadline; a later one changes nothing. */
    static void limit(TaskNode<?> task, Duration limit, long fromNanos) {
        long at = fromNanos + Nanos.of(limit);
        if (task.phase == TaskNode.Phase.END || at >= task.extras().deadlineNanos) {
            return;
        }
        drop(task);
        Extras extras = task.extras();
        extras.deadlineNanos = at;
        if (at < task.effectiveDeadlineNanos) {
            task.effectiveDeadlineNanos = at;
            extras.deadlineTimer = task.loop().schedule(at - task.loop().nanos(), () -> pass(task, limit));
            handDown(task, at);
        }
    }

    /**
     * Records the moment at which the owner will stop the task, without a timer; a moment not earlier than the known one
     * changes nothing.
     */
    static void announce(TaskNode<?> task, long atNanos) {
        if (task.phase != TaskNode.Phase.END && atNanos < task.effectiveDeadlineNanos) {
            task.effectiveDeadlineNanos = atNanos;
            handDown(task, atNanos);
        }
    }

    /** Cancels the timer of the task's own deadline. */
    static void drop(TaskNode<?> task) {
        Extras extras = task.extras;
        Timer timer = extras == null ? null : extras.deadlineTimer;
        if (extras != null && timer != null) {
            timer.cancel();
            extras.deadlineTimer = null;
        }
    }

    /** The task's own deadline in the loop's time, or -1. */
    static long ownNanos(TaskNode<?> task) {
        Extras extras = task.extras;
        return extras == null || extras.deadlineNanos == Long.MAX_VALUE ? -1 : extras.deadlineNanos;
    }

    private static void pass(TaskNode<?> task, Duration limit) {
        task.expired = task.cancelReason() == null;
        TreeCancel.run(task, CancelReason.timeout(task.path(), limit), false);
    }

    private static void handDown(TaskNode<?> top, long atNanos) {
        if (top.firstChild == null) {
            return;
        }
        var later = new ArrayDeque<TaskNode<?>>();
        later.push(top);
        while (!later.isEmpty()) {
            for (TaskNode<?> child = later.pop().firstChild; child != null; child = child.nextSibling) {
                if (!child.isShielded() && child.effectiveDeadlineNanos > atNanos) {
                    child.effectiveDeadlineNanos = atNanos;
                    later.push(child);
                }
            }
        }
    }
}
