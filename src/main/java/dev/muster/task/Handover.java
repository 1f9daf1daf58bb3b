package dev.muster.task;

import org.jspecify.annotations.Nullable;

/**
 * The undo of a wait that grants a value: an item, a permit, a lock, a connection.
 *
 * <p>A cancel can come after the waiter was resumed but before its task continues. This callback then returns the value
 * to its granter, so that a granted value either reaches its task or goes back, and is never lost.
 *
 * @param <T> the granted value
 */
public interface Handover<T> extends Undo {

    /**
     * Reports whether the value arrived. Called on the loop, once for each wait that was resumed with a value, and never
     * for one that failed.
     *
     * @param value the value with which the waiter was resumed
     * @param delivered true in the step in which the task continues with the value, just before it does; false as soon as
     *     the task is cancelled before that: the value goes back, and the task gets a {@link CancelledException}
     */
    void handedOver(@Nullable T value, boolean delivered);
}
