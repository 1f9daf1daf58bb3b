package dev.muster.task;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Values for a task to be started and its descendants. Immutable; safe on any thread.
 *
 * <p>A lookup walks up the tree and returns the nearest value. A task without values of its own pays nothing.
 */
public final class Locals {

    private final TaskLocal<?> key;
    private final Object value;
    private final @Nullable Locals rest;

    private Locals(TaskLocal<?> key, Object value, @Nullable Locals rest) {
        this.key = Objects.requireNonNull(key, "the key of a task's value");
        this.value = Objects.requireNonNull(value, "a task's value");
        this.rest = rest;
    }

    /** Creates a set with one value. */
    public static <V> Locals of(TaskLocal<V> key, V value) {
        return new Locals(key, value, null);
    }

    /** A copy with one more value; it replaces an earlier value for the same key. */
    public <V> Locals and(TaskLocal<V> key, V value) {
        return new Locals(key, value, this);
    }

    @SuppressWarnings("unchecked") // a value is stored with a key of its type
    static <V> @Nullable V find(TaskNode<?> task, TaskLocal<V> key) {
        for (Named at = task; at instanceof TaskNode<?> node; at = node.above()) {
            for (Locals entry = node.extras == null ? null : node.extras.locals; entry != null; entry = entry.rest) {
                if (entry.key == key) {
                    return (V) entry.value;
                }
            }
        }
        return null;
    }
}
