package dev.muster.task;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The wait for the end of one task. */
final class Join<T> implements Parking<T>, Consumer<Task<T>>, Undo {

    private final TaskNode<T> task;
    private @Nullable Waiter<T> waiter;

    Join(TaskNode<T> task) {
        this.task = task;
    }

    @Override
    public Undo park(Waiter<T> waiter) {
        this.waiter = waiter;
        task.onEnd(this);
        return this;
    }

    @Override
    public void accept(Task<T> ended) {
        if (waiter != null) {
            waiter.complete(task.value, task.failure);
        }
    }

    @Override
    public boolean undo(CancelReason reason) {
        task.forget(this);
        return true;
    }
}
