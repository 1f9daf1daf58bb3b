package dev.muster.task;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Values for a task that is to be started, and for all that it starts: immutable, from any thread.
 *
 * <p>A task finds the value that stands nearest above it. A lookup walks up the tree, and a task without values of its own
 * pays nothing.
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

    /** One value. */
    public static <V> Locals of(TaskLocal<V> key, V value) {
        return new Locals(key, value, null);
    }

    /** These and one more; the later one of two values for one key counts. */
    public <V> Locals and(TaskLocal<V> key, V value) {
        return new Locals(key, value, this);
    }

    @SuppressWarnings("unchecked") // a value stands with a key of its type
    static <V> @Nullable V find(TaskNode<?> task, TaskLocal<V> key) {
        for (Named at = task; at instanceof TaskNode<?> node; at = node.above()) {
            for (Locals one = node.extras == null ? null : node.extras.locals; one != null; one = one.rest) {
                if (one.key == key) {
                    return (V) one.value;
                }
            }
        }
        return null;
    }
}
