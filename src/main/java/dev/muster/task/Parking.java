package dev.muster.task;

/**
 * Begins a wait.
 *
 * @param <T> what is waited for
 */
@FunctionalInterface
public interface Parking<T> {

    /**
     * Hands the waiter to whoever will resume it.
     *
     * @return how to take the wait back when the task is cancelled
     */
    Undo park(Waiter<T> waiter);
}
