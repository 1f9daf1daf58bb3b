package dev.muster.task;

/** The way to end a parked task's wait when the task is cancelled or a limit of the wait passes. */
@FunctionalInterface
public interface Undo {

    /**
     * Undoes the wait: leaves a queue, stops a timer, resets a request. Called on the loop, at most once, and never after
     * the waiter was resumed. Must not throw.
     *
     * @return true if the wait has ended: the task continues with the failure. False if the code that was asked to stop
     *     will resume the waiter once it has really stopped
     */
    boolean undo(CancelReason reason);
}
