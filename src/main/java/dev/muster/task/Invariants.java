package dev.muster.task;

import org.jspecify.annotations.Nullable;

/**
 * What holds of task trees whatever users' code does. Each is checked where a field that tells it is at hand anyway, in
 * production too; one that is broken ends the tree in which it was seen, and nothing else.
 */
final class Invariants {

    static final String ENDS_ONCE = "a task ends once";
    static final String ENDS_LAST = "a task ends after its children and its waits";
    static final String RESUMED_ONCE = "a waiter is resumed once";
    static final String WAITS_ONCE = "a wait that is over was one of its task's";
    static final String STEP_DUE = "a task has a step only when one is due";
    static final String COUNTED = "no more tasks end than were started";
    static final String NONE_LEFT = "no task is left when its trees have ended";

    private Invariants() {}

    /** What was seen at this task does not hold. On the loop; returns, and the caller leaves all as it is. */
    static void broken(TaskNode<?> task, String invariant) {
        var fault = new BrokenInvariantException(invariant, task.toString());
        Tasks tasks = task.tasks;
        // A step of its own: nobody's code runs amid a transition, and one that throws changes nothing here.
        tasks.loop().execute(() -> tasks.diagnostics().brokenInvariant(fault));
        TaskNode<?> top = withoutParent(task);
        if (top != null && top.isOpen()) {
            Ending.take(top, fault, top);
        } else if (top != null && top.phase != TaskNode.Phase.END && top.failure == null) {
            top.failure = fault;
        }
    }

    /** The task that was started without a parent and that this one belongs to; null where it belongs to none any more. */
    private static @Nullable TaskNode<?> withoutParent(TaskNode<?> task) {
        TaskNode<?> top = null;
        for (Named at = task; at instanceof TaskNode<?> node && node.depth() > 0; at = node.above()) {
            top = node;
        }
        return top != null && top.depth() == 1 ? top : null;
    }
}
