package dev.muster.task;

import org.jspecify.annotations.Nullable;

/**
 * The invariants of task trees, whatever users' code does. Each is checked where the needed field is at hand anyway, in
 * production too. A violation ends only the tree in which it was detected.
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

    /** Reports a violation seen at a task and fails its tree. On the loop. Returns; the caller then leaves its state unchanged. */
    static void broken(TaskNode<?> task, String invariant) {
        var fault = new BrokenInvariantException(invariant, task.toString());
        Tasks tasks = task.tasks;
        // In a later step: diagnostics are users' code, which must not run in mid-transition and whose exceptions must
        // not reach this one.
        tasks.loop().execute(() -> tasks.diagnostics().brokenInvariant(fault));
        TaskNode<?> top = withoutParent(task);
        if (top != null && top.isOpen()) {
            Ending.take(top, fault, top);
        } else if (top != null && top.phase != TaskNode.Phase.END && top.failure == null) {
            top.failure = fault;
        }
    }

    /** The root-level ancestor of a task (or itself); null once it is detached from its tree. */
    private static @Nullable TaskNode<?> withoutParent(TaskNode<?> task) {
        TaskNode<?> top = null;
        for (Named at = task; at instanceof TaskNode<?> node && node.depth() > 0; at = node.above()) {
            top = node;
        }
        return top != null && top.depth() == 1 ? top : null;
    }
}
