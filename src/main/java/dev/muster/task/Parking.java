package dev.muster.task;

/**
 * The start of a wait.
 *
 * @param <T> the awaited value
 */
@FunctionalInterface
public interface Parking<T> {

    /**
     * Hands the waiter to the code that will resume it. Called once, on the loop.
     *
     * @return how to undo the wait when the task is cancelled
     */
    Undo park(Waiter<T> waiter);
}
