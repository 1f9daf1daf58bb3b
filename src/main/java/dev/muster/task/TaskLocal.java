package dev.muster.task;

import java.util.Objects;

/**
 * The key of a value that a task has and its children inherit: a tenant, a trace, the fields of a log line.
 *
 * <p>It is found again with {@link Scope#get} by the task and by all below it, and with {@link Tasks#current(TaskLocal)} by
 * code that does not know its task. Two keys are different keys, whatever their names. Keep a key in a constant.
 *
 * @param <V> the value; never null
 */
@SuppressWarnings("UnusedTypeParameter") // the type of the value that stands with the key
public final class TaskLocal<V> {

    private final String name;

    private TaskLocal(String name) {
        this.name = name;
    }

    /** A new key; the name is for people. */
    public static <V> TaskLocal<V> named(String name) {
        return new TaskLocal<>(Objects.requireNonNull(name, "the name of a task's value"));
    }

    /** The name it was given. */
    @Override
    public String toString() {
        return name;
    }
}
