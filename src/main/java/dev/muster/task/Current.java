package dev.muster.task;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The lookup of the task that a thread works for. The work is done at lookup; a step of a loop pays nothing for it.
 *
 * <p>Each loop thread is known with the task trees on it, of which at most one runs a step there. Any other thread works
 * for the task whose work it {@linkplain #carry carries}. Safe on any thread. Threads and trees are only weakly
 * referenced.
 */
final class Current {

    private static final Map<Thread, List<WeakReference<Tasks>>> TREES =
            Collections.synchronizedMap(new WeakHashMap<>());
    private static final ThreadLocal<@Nullable TaskNode<?>> CARRIED = new ThreadLocal<>();

    private Current() {}

    /** Registers trees whose steps run on the calling thread. */
    static void arrived(Tasks tasks) {
        TREES.compute(Thread.currentThread(), (thread, known) -> {
            List<WeakReference<Tasks>> all = without(tasks, known);
            all.add(new WeakReference<>(tasks));
            return all;
        });
    }

    /** Removes trees that have ended from the calling thread. */
    static void left(Tasks tasks) {
        TREES.computeIfPresent(Thread.currentThread(), (thread, known) -> {
            List<WeakReference<Tasks>> rest = without(tasks, known);
            return rest.isEmpty() ? null : rest;
        });
    }

    /** Sets the task that the calling thread works for, null for none. Returns the previous one. */
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

    /** The task whose step runs on a loop's thread; racy unless it is the calling thread. */
    static @Nullable TaskNode<?> on(Thread thread) {
        for (WeakReference<Tasks> reference : TREES.getOrDefault(thread, List.of())) {
            Tasks tasks = reference.get();
            TaskNode<?> now = tasks == null ? null : tasks.onLoop();
            if (now != null) {
                return now;
            }
        }
        return null;
    }

    /** A copy without the given trees and without collected ones; the old list stays intact for concurrent readers. */
    private static List<WeakReference<Tasks>> without(Tasks gone, @Nullable List<WeakReference<Tasks>> known) {
        var rest = new ArrayList<WeakReference<Tasks>>();
        if (known != null) {
            known.stream()
                    .filter(reference -> reference.get() != null && reference.get() != gone)
                    .forEach(rest::add);
        }
        return rest;
    }
}
