package dev.muster.task;

import dev.muster.loop.Loop;
import java.util.IdentityHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The observers of a task: null for none, the observer itself for one, a list for more. One is the usual case and costs
 * nothing.
 *
 * <p>A short list is searched linearly; a longer one has an index, so that any observer is removed in constant time.
 */
final class Observers {

    private Observers() {}

    static Object add(@Nullable Object observers, Consumer<?> added) {
        if (observers == null) {
            return added;
        }
        if (observers instanceof Many many) {
            many.add(added);
            return many;
        }
        var many = new Many();
        many.add((Consumer<?>) observers);
        many.add(added);
        return many;
    }

    static @Nullable Object remove(@Nullable Object observers, Consumer<?> removed) {
        if (observers instanceof Many many) {
            many.remove(removed);
            return many.first == null ? null : many;
        }
        return observers == removed ? null : observers;
    }

    /** Calls all observers in order. An exception from an observer is rethrown in a step of its own, and the other observers still run. */
    static void call(@Nullable Object observers, TaskNode<?> task, Loop loop) {
        if (observers instanceof Many many) {
            for (Entry entry = many.first; entry != null; entry = entry.next) {
                callOne(entry.observer, task, loop);
            }
        } else if (observers != null) {
            callOne((Consumer<?>) observers, task, loop);
        }
    }

    @SuppressWarnings("unchecked") // only observers of this task are added
    private static void callOne(Consumer<?> observer, TaskNode<?> task, Loop loop) {
        try {
            ((Consumer<Task<?>>) observer).accept(task);
        } catch (Throwable thrown) {
            loop.execute(() -> Observers.<RuntimeException>rethrow(thrown));
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // rethrows users' exceptions, checked or not
    private static <E extends Throwable> void rethrow(Throwable thrown) throws E {
        throw (E) thrown;
    }

    private static final class Entry {
        final Consumer<?> observer;

        /** With an index: the previous entry of the same observer. */
        @Nullable
        Entry same;

        @Nullable
        Entry previous;

        @Nullable
        Entry next;

        Entry(Consumer<?> observer) {
            this.observer = observer;
        }
    }

    private static final class Many {
        private static final int MAX_SEARCHED = 8;

        /** The newest entry of each observer; created once there are more than {@link #MAX_SEARCHED}. */
        private @Nullable IdentityHashMap<Consumer<?>, Entry> index;

        private @Nullable Entry first;
        private @Nullable Entry last;
        private int size;

        void add(Consumer<?> observer) {
            var entry = new Entry(observer);
            entry.previous = last;
            if (last == null) {
                first = entry;
            } else {
                last.next = entry;
            }
            last = entry;
            size++;
            if (index != null) {
                entry.same = index.put(observer, entry);
            } else if (size > MAX_SEARCHED) {
                index = indexed();
            }
        }

        private IdentityHashMap<Consumer<?>, Entry> indexed() {
            var made = new IdentityHashMap<Consumer<?>, Entry>();
            for (Entry entry = first; entry != null; entry = entry.next) {
                entry.same = made.put(entry.observer, entry);
            }
            return made;
        }

        void remove(Consumer<?> observer) {
            if (index != null) {
                for (Entry entry = index.remove(observer); entry != null; entry = entry.same) {
                    unlink(entry);
                }
                return;
            }
            for (Entry entry = first; entry != null; entry = entry.next) {
                if (entry.observer == observer) {
                    unlink(entry);
                }
            }
        }

        private void unlink(Entry entry) {
            size--;
            if (entry.previous == null) {
                first = entry.next;
            } else {
                entry.previous.next = entry.next;
            }
            if (entry.next == null) {
                last = entry.previous;
            } else {
                entry.next.previous = entry.previous;
            }
        }
    }
}
