package dev.muster.task;

import org.jspecify.annotations.Nullable;

/**
 * The undo of a wait that grants something: an item, a permit, a lock, a connection.
 *
 * <p>Between the moment in which a waiter is resumed and the step in which its task goes on, a cancel may come. Whoever
 * granted the value hears here what became of it, so that it reaches its reader or goes back, and is never lost.
 *
 * @param <T> what is granted
 */
public interface Handover<T> extends Undo {

    /**
     * What the waiter was resumed with has arrived, or comes back. Called on the loop, once for each wait that was resumed
     * with a value, and for none that failed.
     *
     * @param value what the waiter was resumed with
     * @param delivered true in the step in which the task goes on with the value, just before it does; false as soon as the
     *     task is cancelled before that: the value goes back, and the task gets a {@link CancelledException}
     */
    void handedOver(@Nullable T value, boolean delivered);
}
