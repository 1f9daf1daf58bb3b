package dev.muster.task;

import dev.muster.loop.Nanos;
import dev.muster.loop.Timer;
import java.time.Duration;
import java.util.ArrayDeque;

/**
 * The deadlines of tasks.
 *
 * <p>Each task knows the earliest deadline above it, so that none has to look upwards; an earlier one is handed down the
 * tree. Most deadlines are given to a task that has no children yet, and cost nothing there.
 */
final class Deadlines {

    private Deadlines() {}

    /** Moves a task's deadline to an earlier moment; a later one changes nothing. */
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

    /** Notes that somebody else will stop the task at a moment; one that is not earlier than what is known changes nothing. */
    static void announce(TaskNode<?> task, long atNanos) {
        if (task.phase != TaskNode.Phase.END && atNanos < task.effectiveDeadlineNanos) {
            task.effectiveDeadlineNanos = atNanos;
            handDown(task, atNanos);
        }
    }

    /** The task has no deadline of its own to wait for any more. */
    static void drop(TaskNode<?> task) {
        Extras extras = task.extras;
        Timer timer = extras == null ? null : extras.deadlineTimer;
        if (extras != null && timer != null) {
            timer.cancel();
            extras.deadlineTimer = null;
        }
    }

    /** Its own deadline in the loop's time, or -1. */
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
