package dev.muster.task;

import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a task and its live descendants. Times are nanoseconds in the loop's time.
 *
 * @param name the name of the task
 * @param state the state
 * @param waitsOn what the task waits for: the labels of its waits, "children" or "clean-up"; empty unless suspended
 * @param createdNanos when the task was started
 * @param startedNanos when its body began, or -1
 * @param endedNanos when it ended, or -1
 * @param deadlineNanos the task's own deadline, or -1
 * @param cancelReason the reason of its cancel; null if it is not cancelled
 * @param children its live children, the first started first
 */
public record TaskSnapshot(
        String name,
        State state,
        List<String> waitsOn,
        long createdNanos,
        long startedNanos,
        long endedNanos,
        long deadlineNanos,
        @Nullable CancelReason cancelReason,
        List<TaskSnapshot> children) {

    /** The number of tasks in this tree, this one included. */
    public int size() {
        int size = 0;
        var open = new ArrayDeque<TaskSnapshot>(List.of(this));
        while (!open.isEmpty()) {
            size++;
            open.pop().children.forEach(open::push);
        }
        return size;
    }
}
