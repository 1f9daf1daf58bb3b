package dev.muster.task;

import java.util.Objects;

/**
 * The key of a value that a task has and its descendants inherit: a tenant, a trace, the fields of a log line.
 *
 * <p>The task and its descendants read the value with {@link Scope#get}; code without a reference to its task reads it
 * with {@link Tasks#current(TaskLocal)}. Keys are compared by identity, whatever their names. Keep a key in a constant.
 *
 * @param <V> the value; never null
 */
@SuppressWarnings("UnusedTypeParameter") // the type of the value stored under the key
public final class TaskLocal<V> {

    private final String name;

    private TaskLocal(String name) {
        this.name = name;
    }

    /** Creates a key; the name is for display. */
    public static <V> TaskLocal<V> named(String name) {
        return new TaskLocal<>(Objects.requireNonNull(name, "the name of a task's value"));
    }

    /** The name of the key. */
    @Override
    public String toString() {
        return name;
    }
}
