package dev.muster.queue;

import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A binary heap whose elements know their index, so that any element is removed in logarithmic time. An element that is added in
 * order costs constant time.
 *
 * @param <E> the element, which is in one heap at a time
 */
final class IndexedHeap<E extends IndexedHeap.Element> {

    private static final int FIRST_CAPACITY = 16;

    private final Comparator<? super E> order;

    /** Elements of type E, declared as {@link Element} because Java has no generic arrays. */
    private @Nullable Element[] elements = new Element[FIRST_CAPACITY];

    private int size;

    /** An element of a heap or of an {@link OrderedLine}. */
    abstract static class Element {
        int at = -1;
        boolean inRing;
    }

    IndexedHeap(Comparator<? super E> order) {
        this.order = order;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    @Nullable
    E first() {
        return size == 0 ? null : get(0);
    }

    void add(E element) {
        if (size == elements.length) {
            elements = Arrays.copyOf(elements, size * 2);
        }
        up(size++, element);
    }

    @Nullable
    E poll() {
        E first = first();
        if (first != null) {
            remove(first);
        }
        return first;
    }

    /** Removes an element, which must be in this heap. */
    void remove(E element) {
        int gap = ((Element) element).at;
        ((Element) element).at = -1;
        size--;
        E last = get(size);
        elements[size] = null;
        if (gap == size) {
            return;
        }
        if (gap > 0 && order.compare(last, get((gap - 1) / 2)) < 0) {
            up(gap, last);
        } else {
            down(gap, last);
        }
    }

    private void up(int from, E element) {
        int at = from;
        while (at > 0) {
            int parent = (at - 1) / 2;
            E above = get(parent);
            if (order.compare(element, above) >= 0) {
                break;
            }
            set(at, above);
            at = parent;
        }
        set(at, element);
    }

    private void down(int from, E element) {
        int at = from;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && order.compare(get(child + 1), get(child)) < 0) {
                child++;
            }
            E below = get(child);
            if (order.compare(element, below) <= 0) {
                break;
            }
            set(at, below);
            at = child;
        }
        set(at, element);
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // Only add() stores elements; below size there is no null.
    private E get(int at) {
        return (E) elements[at];
    }

    private void set(int at, E element) {
        elements[at] = element;
        ((Element) element).at = at;
    }
}
