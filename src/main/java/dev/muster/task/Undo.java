package dev.muster.task;

/** How a parked task's wait is ended when the task is cancelled. */
@FunctionalInterface
public interface Undo {

    /**
     * Takes the wait back: leaves the line, stops the timer, resets the request. Called on the loop, once at most, and
     * never after the waiter was resumed. Must not throw.
     *
     * @return true if the wait is over now: the task goes on with a {@link CancelledException}. False if whoever was
     *     told to stop will resume the waiter once it really has stopped.
     */
    boolean undo(CancelReason reason);
}
