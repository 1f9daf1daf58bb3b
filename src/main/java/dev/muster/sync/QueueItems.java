package dev.muster.sync;

import java.util.ArrayDeque;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** The items of a queue in its order: as they came, the last first, or sorted. The first two cost constant time. */
final class QueueItems<T> {

    private static final int MOST_AT_FIRST = 1_024;

    private final ArrayDeque<T> line;
    private final boolean lastFirst;

    /** Holds the items instead, where they are sorted. */
    private final @Nullable SortedItems<T> sorted;

    private QueueItems(int capacity, boolean lastFirst, @Nullable SortedItems<T> sorted) {
        this.line = new ArrayDeque<>(Math.max(1, Math.min(capacity, MOST_AT_FIRST)));
        this.lastFirst = lastFirst;
        this.sorted = sorted;
    }

    static <T> QueueItems<T> fifo(int capacity) {
        return new QueueItems<>(capacity, false, null);
    }

    static <T> QueueItems<T> lifo(int capacity) {
        return new QueueItems<>(capacity, true, null);
    }

    static <T> QueueItems<T> sorted(Comparator<? super T> order) {
        return new QueueItems<>(1, false, new SortedItems<>(order));
    }

    int size() {
        return sorted == null ? line.size() : sorted.size();
    }

    @Nullable
    T poll() {
        return sorted == null ? line.poll() : sorted.poll();
    }

    void add(T item) {
        if (sorted != null) {
            sorted.add(item);
        } else if (lastFirst) {
            line.addFirst(item);
        } else {
            line.addLast(item);
        }
    }

    /** Gives an item back: it is first, as far as the order lets it. */
    void addFirst(T item) {
        if (sorted != null) {
            sorted.addFirst(item);
        } else {
            line.addFirst(item);
        }
    }
}
