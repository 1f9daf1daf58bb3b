package dev.muster.task;

import dev.muster.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The observers of a task: none, one (itself), or a list; nearly always one, which then costs nothing. */
final class Observers {

    private Observers() {}

    static Object add(@Nullable Object observers, Consumer<?> added) {
        if (observers == null) {
            return added;
        }
        if (observers instanceof Many many) {
            many.list.add(added);
            return many;
        }
        var many = new Many(new ArrayList<>(3));
        many.list.add((Consumer<?>) observers);
        many.list.add(added);
        return many;
    }

    static @Nullable Object remove(@Nullable Object observers, Consumer<?> removed) {
        if (observers instanceof Many many) {
            many.list.remove(removed);
            return many;
        }
        return observers == removed ? null : observers;
    }

    @SuppressWarnings("unchecked") // only observers of this task are ever added
    static void tell(@Nullable Object observers, Task<?> task, Loop loop) {
        if (observers instanceof Many many) {
            many.list.forEach(one ->
                    loop.execute(() -> Tasks.runAs(task, () -> ((Consumer<Task<?>>) one).accept(task))));
        } else if (observers != null) {
            ((Consumer<Task<?>>) observers).accept(task);
        }
    }

    private record Many(List<Consumer<?>> list) {}
}
