package dev.muster.sync;

import org.jspecify.annotations.Nullable;

/**
 * Who waits, in the order in which they came; anybody may leave from the middle at no more cost than the first.
 *
 * <p>It only keeps the order: it wakes nobody and has no bound. Not safe by itself: its owner guards it, by a loop or a lock.
 *
 * @param <P> one place, which whoever waits extends
 */
public final class Line<P extends Line.Place<P>> {

    private @Nullable P first;
    private @Nullable P last;
    private int size;

    /** One that can stand in a line, in one at a time. */
    public abstract static class Place<P extends Place<P>> {
        private @Nullable P before;
        private @Nullable P behind;
        private boolean inLine;

        /** A place that is in no line yet. */
        protected Place() {}
    }

    /** An empty line. */
    public Line() {}

    /** Who came first, or null if nobody waits. */
    public @Nullable P first() {
        return first;
    }

    /** Who came next after one that waits, or null if nobody did. */
    public @Nullable P behind(P place) {
        return ((Place<P>) place).behind;
    }

    /** How many wait. */
    public int size() {
        return size;
    }

    /** Whether this one waits. */
    public boolean contains(P place) {
        return ((Place<P>) place).inLine;
    }

    /**
     * Puts one at the end.
     *
     * @throws IllegalStateException if it stands in a line already
     */
    public void append(P place) {
        Place<P> links = place;
        if (links.inLine) {
            throw new IllegalStateException("it stands in a line already; remove it there first");
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

    /** Takes one out, if it is in the line. */
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
