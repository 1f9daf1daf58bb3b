package dev.muster.task;

import java.util.ArrayDeque;
import java.util.ArrayList;

/**
 * The cancel of a task and everything below it that is not shielded.
 *
 * <p>First the whole tree is marked, so that nothing can start or wait any more; then the waits are taken back. It walks
 * without recursion: a tree may be deeper than the stack.
 */
final class TreeCancel {

    private TreeCancel() {}

    /**
     * Stops a tree.
     *
     * @param abort true if the top itself failed: its own outcome is then that failure, not the cancel
     */
    static void run(TaskNode<?> top, CancelReason reason, boolean abort) {
        if (!top.stopped(reason, abort)) {
            return;
        }
        var waiters = new ArrayList<Waiter<?>>();
        var marked = new ArrayDeque<TaskNode<?>>();
        marked.push(top);
        while (!marked.isEmpty()) {
            TaskNode<?> node = marked.pop();
            for (Waiter<?> waiter = node.firstWaiter; waiter != null; waiter = waiter.next) {
                waiters.add(waiter);
            }
            for (TaskNode<?> child = node.firstChild; child != null; child = child.nextSibling) {
                if (!child.isShielded() && child.stopped(reason, false)) {
                    marked.push(child);
                }
            }
        }
        waiters.forEach(waiter -> waiter.cancel(reason));
    }
}
