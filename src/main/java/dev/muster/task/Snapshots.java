package dev.muster.task;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds snapshots of task trees, without recursion because a tree can be deeper than the stack. */
final class Snapshots {

    /** A task whose children are being visited. */
    private static final class Visit {
        final TaskNode<?> task;
        final List<TaskSnapshot> children = new ArrayList<>();

        @Nullable
        TaskNode<?> next;

        Visit(TaskNode<?> task) {
            this.task = task;
            this.next = task.firstChild;
        }
    }

    private Snapshots() {}

    static TaskSnapshot of(TaskNode<?> top) {
        var open = new ArrayDeque<Visit>();
        var visit = new Visit(top);
        while (true) {
            TaskNode<?> child = visit.next;
            if (child != null) {
                visit.next = child.nextSibling;
                if (!child.isDone()) {
                    open.push(visit);
                    visit = new Visit(child);
                }
            } else {
                TaskSnapshot taken = take(visit);
                if (open.isEmpty()) {
                    return taken;
                }
                visit = open.pop();
                visit.children.add(taken);
            }
        }
    }

    private static TaskSnapshot take(Visit visit) {
        TaskNode<?> task = visit.task;
        Collections.reverse(visit.children);
        return new TaskSnapshot(
                task.name(),
                task.state(),
                waits(task),
                task.createdNanos,
                task.startedNanos,
                task.endedNanos,
                Deadlines.ownNanos(task),
                task.cancelReason(),
                List.copyOf(visit.children));
    }

    private static List<String> waits(TaskNode<?> task) {
        var waits = new ArrayList<String>();
        for (Waiter<?> waiter = task.firstWaiter; waiter != null; waiter = waiter.next) {
            waits.add(waiter.on);
        }
        if (waits.isEmpty() && task.phase == TaskNode.Phase.CHILDREN) {
            waits.add("children");
        } else if (task.phase == TaskNode.Phase.CLEAN_UP) {
            waits.add("clean-up");
        }
        return List.copyOf(waits);
    }
}
