package dev.muster.sync;

import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Items in an order of their own; of equal ones the first that came is first.
 *
 * <p>A tree and not a heap: where the users' comparator throws, nothing has moved yet, and nothing is lost.
 */
final class SortedItems<T> {

    private final TreeSet<Numbered<T>> items;

    private record Numbered<T>(T item, long number) {}

    SortedItems(Comparator<? super T> order) {
        Comparator<Numbered<T>> byItem = (a, b) -> order.compare(a.item, b.item);
        items = new TreeSet<>(byItem.thenComparingLong(Numbered::number));
    }

    int size() {
        return items.size();
    }

    /** Adds an item by its number, the number of its arrival. */
    void add(T item, long number) {
        items.add(new Numbered<>(item, number));
    }

    @Nullable
    T poll() {
        Numbered<T> least = items.pollFirst();
        return least == null ? null : least.item;
    }
}
