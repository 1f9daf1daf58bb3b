package dev.muster.sync;

import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Items sorted by a comparator; equal items keep their order of arrival.
 *
 * <p>A tree rather than a heap: if the comparator throws, nothing has moved yet and no item is lost.
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

    /** Adds an item with its arrival number. */
    void add(T item, long number) {
        items.add(new Numbered<>(item, number));
    }

    @Nullable
    T poll() {
        Numbered<T> least = items.pollFirst();
        return least == null ? null : least.item;
    }
}
