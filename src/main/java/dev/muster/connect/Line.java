package dev.muster.connect;

import org.jspecify.annotations.Nullable;

/**
 * Who waits, in the order in which they came; anybody may leave from the middle at no more cost than the first.
 *
 * <p>Not safe by itself: its owner guards it.
 */
final class Line<P extends Line.Place<P>> {

    private @Nullable P first;
    private @Nullable P last;
    private int size;

    /** One that can stand in a line, in one at a time. */
    abstract static class Place<P extends Place<P>> {
        private @Nullable P before;
        private @Nullable P after;
        private boolean inLine;
    }

    @Nullable
    P first() {
        return first;
    }

    int size() {
        return size;
    }

    boolean contains(P place) {
        return ((Place<P>) place).inLine;
    }

    void append(P place) {
        Place<P> links = place;
        links.inLine = true;
        links.before = last;
        if (last == null) {
            first = place;
        } else {
            ((Place<P>) last).after = place;
        }
        last = place;
        size++;
    }

    /** Takes one out, if it is in the line. */
    void remove(P place) {
        Place<P> links = place;
        if (!links.inLine) {
            return;
        }
        links.inLine = false;
        P before = links.before;
        P after = links.after;
        if (before == null) {
            first = after;
        } else {
            ((Place<P>) before).after = after;
        }
        if (after == null) {
            last = before;
        } else {
            ((Place<P>) after).before = before;
        }
        links.before = null;
        links.after = null;
        size--;
    }
}
