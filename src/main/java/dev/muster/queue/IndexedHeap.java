package dev.muster.queue;

import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A binary heap whose elements know where they are, so that any of them leaves in logarithmic time. What comes in order is
 * added in constant time.
 *
 * @param <E> an element, in one heap at a time
 */
final class IndexedHeap<E extends IndexedHeap.Element> {

    private static final int FIRST_CAPACITY = 16;

    private final Comparator<? super E> order;

    /** Elements of type E; typed for {@link Element} as arrays know no type variables. */
    private @Nullable Element[] elements = new Element[FIRST_CAPACITY];

    private int size;

    /** What can stand in a heap, or in an {@link OrderedLine}. */
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

    /** Takes an element of this heap out. */
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

    @SuppressWarnings({"unchecked", "NullAway"}) // Only add() stores here, and below size there is no null.
    private E get(int at) {
        return (E) elements[at];
    }

    private void set(int at, E element) {
        elements[at] = element;
        ((Element) element).at = at;
    }
}
