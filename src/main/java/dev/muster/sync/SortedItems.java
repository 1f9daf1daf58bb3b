package dev.muster.sync;

import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Items in an order of their own; of equal ones the first that came is first. */
final class SortedItems<T> {

    private final PriorityQueue<Numbered<T>> items;
    private long last;
    private long first;

    private record Numbered<T>(T item, long number) {}

    SortedItems(Comparator<? super T> order) {
        Comparator<Numbered<T>> byItem = (a, b) -> order.compare(a.item, b.item);
        items = new PriorityQueue<>(byItem.thenComparingLong(Numbered::number));
    }

    int size() {
        return items.size();
    }

    void add(T item) {
        items.add(new Numbered<>(item, ++last));
    }

    /** Before its equals. */
    void addFirst(T item) {
        items.add(new Numbered<>(item, --first));
    }

    @Nullable
    T poll() {
        Numbered<T> least = items.poll();
        return least == null ? null : least.item;
    }
}
