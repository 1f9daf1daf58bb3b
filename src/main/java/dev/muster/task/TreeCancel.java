package dev.muster.task;

import java.util.ArrayList;
import java.util.List;

/**
 * The cancel of a task and its descendants, except shielded ones.
 *
 * <p>First the whole tree is marked in one step, so that no new work or wait can start in it. Then the waits are undone:
 * those of the first {@value #MAX_TASKS_A_STEP} tasks at once, the rest in portions of that size, each in a step of its
 * own, so that other steps run in between. The walk does not recurse, because a tree can be deeper than the stack.
 */
final class TreeCancel implements Runnable {

    private static final int MAX_TASKS_A_STEP = 1_024;

    private final List<TaskNode<?>> marked;
    private final CancelReason reason;
    private int next;

    private TreeCancel(List<TaskNode<?>> marked, CancelReason reason) {
        this.marked = marked;
        this.reason = reason;
    }

    /**
     * Cancels a tree.
     *
     * @param abort true if the top task itself failed: its outcome is then that failure, not the cancel
     */
    static void run(TaskNode<?> top, CancelReason reason, boolean abort) {
        if (!top.stopped(reason, abort)) {
            return;
        }
        if (top.firstChild == null) {
            undoWaits(top, reason);
            return;
        }
        var marked = new ArrayList<TaskNode<?>>();
        marked.add(top);
        mark(marked, reason);
    }

    /** Cancels several trees of one loop, marked in one step as well. */
    static void run(List<? extends Task<?>> tops, CancelReason reason) {
        var marked = new ArrayList<TaskNode<?>>();
        for (Task<?> top : tops) {
            TaskNode<?> node = (TaskNode<?>) top;
            if (node.stopped(reason, false)) {
                marked.add(node);
            }
        }
        if (!marked.isEmpty()) {
            mark(marked, reason);
        }
    }

    private static void mark(List<TaskNode<?>> marked, CancelReason reason) {
        for (int i = 0; i < marked.size(); i++) {
            for (TaskNode<?> child = marked.get(i).firstChild; child != null; child = child.nextSibling) {
                if (!child.isShielded() && child.stopped(reason, false)) {
                    marked.add(child);
                }
            }
        }
        new TreeCancel(marked, reason).run();
    }

    /** Undoes the waits of the next portion. */
    @Override
    public void run() {
        int end = Math.min(marked.size(), next + MAX_TASKS_A_STEP);
        for (; next < end; next++) {
            undoWaits(marked.get(next), reason);
        }
        if (next < marked.size()) {
            marked.get(0).loop().execute(this);
        }
    }

    private static void undoWaits(TaskNode<?> task, CancelReason reason) {
        for (Waiter<?> waiter = task.firstWaiter; waiter != null; ) {
            Waiter<?> following = waiter.next;
            waiter.cancel(reason);
            waiter = following;
        }
    }
}
