package dev.muster.task;

/**
 * The lists of live children and of waits of a task, linked through their members: adding and removing take constant time
 * and allocate nothing.
 */
final class Siblings {

    private Siblings() {}

    static void link(TaskNode<?> parent, TaskNode<?> child) {
        child.nextSibling = parent.firstChild;
        if (parent.firstChild != null) {
            parent.firstChild.previousSibling = child;
        }
        parent.firstChild = child;
    }

    /** Removes a child; false if it was not in the list. */
    static boolean unlink(TaskNode<?> parent, TaskNode<?> child) {
        if (child.previousSibling != null) {
            child.previousSibling.nextSibling = child.nextSibling;
        } else if (parent.firstChild == child) {
            parent.firstChild = child.nextSibling;
        } else {
            return false;
        }
        if (child.nextSibling != null) {
            child.nextSibling.previousSibling = child.previousSibling;
        }
        child.nextSibling = null;
        child.previousSibling = null;
        return true;
    }

    static void link(TaskNode<?> task, Waiter<?> waiter) {
        waiter.next = task.firstWaiter;
        if (task.firstWaiter != null) {
            task.firstWaiter.previous = waiter;
        }
        task.firstWaiter = waiter;
    }

    static void unlink(TaskNode<?> task, Waiter<?> waiter) {
        if (waiter.previous != null) {
            waiter.previous.next = waiter.next;
        } else if (task.firstWaiter == waiter) {
            task.firstWaiter = waiter.next;
        } else {
            Invariants.broken(task, Invariants.WAITS_ONCE);
            return;
        }
        if (waiter.next != null) {
            waiter.next.previous = waiter.previous;
        }
        waiter.next = null;
        waiter.previous = null;
    }
}
