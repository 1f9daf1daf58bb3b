package dev.muster.sync;

import org.jspecify.annotations.Nullable;

/**
 * A queue of waiters in order of arrival. Removal takes constant time at any position.
 *
 * <p>It only keeps the order: it wakes no waiter and has no bound. Not thread-safe; its owner guards it with a loop or a
 * lock.
 *
 * @param <P> the type of a waiter's place, which extends {@link Place}
 */
public final class Line<P extends Line.Place<P>> {

    private @Nullable P first;
    private @Nullable P last;
    private int size;

    /** A place in a queue; it can be in one queue at a time. */
    public abstract static class Place<P extends Place<P>> {
        private @Nullable P before;
        private @Nullable P behind;
        private boolean inLine;

        /** Creates a place that is in no queue yet. */
        protected Place() {}
    }

    /** Creates an empty queue. */
    public Line() {}

    /** The first place, or null if the queue is empty. */
    public @Nullable P first() {
        return first;
    }

    /** The place after the given one, or null if that is the last. */
    public @Nullable P behind(P place) {
        return ((Place<P>) place).behind;
    }

    /** The number of places. */
    public int size() {
        return size;
    }

    /** Whether a place is in a queue; the caller knows in which one. */
    public boolean contains(P place) {
        return ((Place<P>) place).inLine;
    }

    /**
     * Appends a place.
     *
     * @throws IllegalStateException if it is in a queue already
     */
    public void append(P place) {
        Place<P> links = place;
        if (links.inLine) {
            throw new IllegalStateException("it is already in a queue; remove it there first");
        }
        links.inLine = true;
        links.before = last;
        if (last == null) {
            first = place;
        } else {
            ((Place<P>) last).behind = place;
        }
        last = place;
        size++;
    }

    /** Removes a place; does nothing if it is in no queue. */
    public void remove(P place) {
        Place<P> links = place;
        if (!links.inLine) {
            return;
        }
        links.inLine = false;
        P before = links.before;
        P behind = links.behind;
        if (before == null) {
            first = behind;
        } else {
            ((Place<P>) before).behind = behind;
        }
        if (behind == null) {
            last = before;
        } else {
            ((Place<P>) behind).before = before;
        }
        links.before = null;
        links.behind = null;
        size--;
    }
}
