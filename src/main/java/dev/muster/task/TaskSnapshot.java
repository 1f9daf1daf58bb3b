package dev.muster.task;

import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task at one moment.
 *
 * @param name its name
 * @param state where it was in its life
 * @param waitsOn what it waited for: the labels of its waits, "children" or "clean-up"; empty unless suspended
 * @param createdNanos when it was started, in the loop's time
 * @param startedNanos when its body began, or -1
 * @param endedNanos when it ended, or -1
 * @param deadlineNanos the loop's time at which it times out, or -1
 * @param cancelReason why it is to stop, if it is
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

    /** This task and all below it. */
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
