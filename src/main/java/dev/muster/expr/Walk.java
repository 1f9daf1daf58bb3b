package dev.muster.expr;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The budget of one evaluation, which every walk over a value draws on: a value that stands at many places is a small graph, and
 * may be a tree larger than any memory. For one thread, on which it is found as the {@link #current} one.
 *
 * <p>A visit stands for a value, for sixteen characters or for as many bytes: some tens of nanoseconds. What has used it up ends,
 * and so does what runs on a thread that was interrupted.
 */
final class Walk {

    private static final int CHARS_A_VISIT = 16;
    private static final int LOOK = 1 << 10;
    private static final ThreadLocal<@Nullable Walk> CURRENT = new ThreadLocal<>();

    /** Ends an evaluation, whatever in CEL would survive an exception. */
    static final class End extends Error {
        private static final long serialVersionUID = 1L;

        private final boolean isInterrupted;

        End(boolean isInterrupted) {
            super("the evaluation ends", null, false, false);
            this.isInterrupted = isInterrupted;
        }

        /** Whether nobody wants the result any more. */
        boolean isInterrupted() {
            return isInterrupted;
        }
    }

    private long left;
    private int untilLook = LOOK;

    Walk(long visits) {
        left = visits;
    }

    /** The one of the evaluation on this thread, if there is one. */
    static @Nullable Walk current() {
        return CURRENT.get();
    }

    /** The one of the evaluation on this thread, for functions, which run in none other. */
    static Walk here() {
        Walk walk = CURRENT.get();
        return walk == null ? new Walk(Long.MAX_VALUE) : walk;
    }

    /** Makes it the current one, or nothing. */
    static void set(@Nullable Walk walk) {
        CURRENT.set(walk);
    }

    /** One more value. */
    void visit() {
        visit(1);
    }

    /** So many more. */
    void visit(long values) {
        left -= values;
        if (left < 0) {
            throw new End(false);
        }
        if (--untilLook <= 0) {
            look();
        }
    }

    /** A text more. */
    void text(int chars) {
        visit(1 + chars / CHARS_A_VISIT);
    }

    /** All elements of a collection; those of a view count when they are asked for. */
    void all(Collection<?> values) {
        if (!(values instanceof ListView)) {
            visit(values.size());
        }
    }

    /** Ends here if the thread was interrupted. */
    void look() {
        untilLook = LOOK;
        if (Thread.currentThread().isInterrupted()) {
            throw new End(true);
        }
    }
}
