package dev.muster.sync;

import dev.muster.loop.OutOfMemory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The items of a queue in its order: first-in first-out, last-in first-out, or sorted. The first two take constant time.
 *
 * <p>Items returned by cancelled takers come before all others, in the order in which they would have been taken; in a
 * sorted queue they return to their place.
 */
final class QueueItems<T> {

    private static final int MAX_AT_FIRST = 1_024;

    /** An item with its arrival number. */
    private record Numbered<T>(T item, long number) {}

    private final ArrayDeque<T> line;
    private final boolean lastFirst;

    /**
     * The items of a sorted queue, equal ones in order of arrival; null otherwise. A tree rather than a heap: if the
     * comparator throws, nothing has moved yet and no item is lost.
     */
    private final @Nullable NavigableSet<Numbered<T>> sorted;

    /** Returned items, the next one last; nearly always empty. */
    private final List<Numbered<T>> returned = new ArrayList<>(0);

    private long first;

    private QueueItems(int capacity, boolean lastFirst, @Nullable NavigableSet<Numbered<T>> sorted) {
        this.line = new ArrayDeque<>(Math.max(1, Math.min(capacity, MAX_AT_FIRST)));
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
        Comparator<Numbered<T>> byItem = (a, b) -> order.compare(a.item, b.item);
        return new QueueItems<>(1, false, new TreeSet<>(byItem.thenComparingLong(Numbered::number)));
    }

    int size() {
        return returned.size() + (sorted == null ? line.size() : sorted.size());
    }

    @Nullable
    T poll() {
        if (!returned.isEmpty()) {
            return returned.remove(returned.size() - 1).item;
        }
        if (sorted == null) {
            return line.poll();
        }
        Numbered<T> least = sorted.pollFirst();
        return least == null ? null : least.item;
    }

    /** Adds an item with its arrival number. Throws what the comparator throws, and is unchanged then. */
    void add(T item, long number) {
        if (sorted != null) {
            sorted.add(new Numbered<>(item, number));
        } else if (lastFirst) {
            line.addFirst(item);
        } else {
            line.addLast(item);
        }
    }

    /** Takes back an item that was on its way to a taker. */
    void giveBack(T item, long number) {
        if (sorted != null) {
            try {
                sorted.add(new Numbered<>(item, number));
                return;
            } catch (Throwable broken) {
                OutOfMemory.check(broken);
                // The comparator threw. The item must not be lost for that: it becomes the next one.
            }
        }
        int at = returned.size();
        while (at > 0 && comesBefore(returned.get(at - 1).number, number)) {
            at--;
        }
        returned.add(at, new Numbered<>(item, number));
    }

    /** Takes back an item that was taken, as the next one: before all returned items and before its equals. */
    void giveBackFirst(T item) {
        first--;
        giveBack(item, lastFirst ? Long.MAX_VALUE / 2 - first : first);
    }

    private boolean comesBefore(long number, long other) {
        return lastFirst ? number > other : number < other;
    }
}
