package dev.muster.queue;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A priority queue of elements. Elements that are added in order, as most are, are kept in a ring and cost constant time for each
 * change; the others are kept in a heap.
 *
 * @param <E> the element, which is in one line or heap at a time
 */
final class OrderedLine<E extends IndexedHeap.Element> {

    private static final int FIRST_CAPACITY = 16;

    private final Comparator<? super E> order;
    private final IndexedHeap<E> others;

    /** A ring whose length is a power of two. Places between head and tail can be empty, but not the first or the last. */
    private IndexedHeap.@Nullable Element[] ring = new IndexedHeap.Element[FIRST_CAPACITY];

    private int head;
    private int tail;
    private int inRing;

    OrderedLine(Comparator<? super E> order) {
        this.order = order;
        this.others = new IndexedHeap<>(order);
    }

    int size() {
        return inRing + others.size();
    }

    /** Returns the number of places in the ring. */
    int capacity() {
        return ring.length;
    }

    boolean isEmpty() {
        return size() == 0;
    }

    @Nullable
    E first() {
        E other = others.first();
        if (inRing == 0) {
            return other;
        }
        E first = at(head);
        return other != null && order.compare(other, first) < 0 ? other : first;
    }

    void add(E element) {
        if (inRing > 0 && order.compare(element, at(tail - 1)) < 0) {
            others.add(element);
            return;
        }
        if (tail - head == ring.length) {
            makeRoom();
        }
        ((IndexedHeap.Element) element).inRing = true;
        set(tail++, element);
        inRing++;
    }

    @Nullable
    E poll() {
        E first = first();
        if (first != null) {
            remove(first);
        }
        return first;
    }

    /** Removes an element, which must be in this line. */
    void remove(E element) {
        IndexedHeap.Element links = element;
        if (!links.inRing) {
            others.remove(element);
            return;
        }
        ring[links.at] = null;
        links.at = -1;
        links.inRing = false;
        inRing--;
        while (head != tail && isEmptyAt(head)) {
            head++;
        }
        while (head != tail && isEmptyAt(tail - 1)) {
            tail--;
        }
    }

    /** Closes the gaps if at least half of the places are empty; otherwise doubles the ring. */
    private void makeRoom() {
        IndexedHeap.@Nullable Element[] before = ring;
        int from = head;
        ring = new IndexedHeap.Element[inRing <= before.length / 2 ? before.length : before.length * 2];
        head = 0;
        tail = 0;
        for (int i = 0; i < before.length; i++) {
            IndexedHeap.Element element = before[from + i & before.length - 1];
            if (element != null) {
                set(tail++, element);
            }
        }
    }

    private boolean isEmptyAt(int place) {
        return ring[place & ring.length - 1] == null;
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // Only add() stores elements; there is no null at either end.
    private E at(int place) {
        return (E) ring[place & ring.length - 1];
    }

    private void set(int place, IndexedHeap.Element element) {
        int at = place & ring.length - 1;
        ring[at] = element;
        element.at = at;
    }
}
