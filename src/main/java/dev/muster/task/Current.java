package dev.muster.task;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which task a thread works for, found when somebody asks: a step of a loop costs nothing for it.
 *
 * <p>A thread of a loop is known with the trees on it, of which at most one has a step there. Other threads work for the task
 * whose work they {@linkplain #carry were given}. Safe on every thread; neither threads nor trees are kept alive.
 */
final class Current {

    private static final Map<Thread, List<WeakReference<Tasks>>> TREES =
            Collections.synchronizedMap(new WeakHashMap<>());
    private static final ThreadLocal<@Nullable TaskNode<?>> CARRIED = new ThreadLocal<>();

    private Current() {}

    /** These trees have their steps on the calling thread from now on. */
    static void arrived(Tasks tasks) {
        TREES.compute(Thread.currentThread(), (thread, known) -> {
            List<WeakReference<Tasks>> all = without(tasks, known);
            all.add(new WeakReference<>(tasks));
            return all;
        });
    }

    /** These trees have no step on the calling thread any more. */
    static void left(Tasks tasks) {
        TREES.computeIfPresent(Thread.currentThread(), (thread, known) -> {
            List<WeakReference<Tasks>> rest = without(tasks, known);
            return rest.isEmpty() ? null : rest;
        });
    }

    /** The calling thread works for this task; for none, where it is null. Gives what it did before. */
    static @Nullable TaskNode<?> carry(@Nullable TaskNode<?> task) {
        TaskNode<?> before = CARRIED.get();
        if (task == null) {
            CARRIED.remove();
        } else {
            CARRIED.set(task);
        }
        return before;
    }

    static @Nullable TaskNode<?> here() {
        TaskNode<?> carried = CARRIED.get();
        return carried == null ? on(Thread.currentThread()) : carried;
    }

    /** By the steps on a loop's thread; racy for another one than the calling. */
    static @Nullable TaskNode<?> on(Thread thread) {
        for (WeakReference<Tasks> one : TREES.getOrDefault(thread, List.of())) {
            Tasks tasks = one.get();
            TaskNode<?> now = tasks == null ? null : tasks.onLoop();
            if (now != null) {
                return now;
            }
        }
        return null;
    }

    /** A new list, so that whoever reads the old one is not disturbed. */
    private static List<WeakReference<Tasks>> without(Tasks gone, @Nullable List<WeakReference<Tasks>> known) {
        var rest = new ArrayList<WeakReference<Tasks>>();
        if (known != null) {
            known.stream().filter(one -> one.get() != null && one.get() != gone).forEach(rest::add);
        }
        return rest;
    }
}
