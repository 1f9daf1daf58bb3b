package dev.muster.expr;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The budget of one evaluation, charged for every value that is read. A value that occurs in many places is a small graph in
 * memory, but can be a tree larger than any memory. For one thread, on which it is the {@link #current} budget.
 *
 * <p>A visit is one value, sixteen chars or sixteen bytes, and takes some tens of nanoseconds. An evaluation ends if the
 * budget is used up or its thread was interrupted.
 */
final class Walk {

    private static final int CHARS_A_VISIT = 16;
    private static final int LOOK = 1 << 10;
    private static final ThreadLocal<@Nullable Walk> CURRENT = new ThreadLocal<>();

    /** Ends an evaluation. An Error, since CEL handles exceptions. */
    static final class End extends Error {
        private static final long serialVersionUID = 1L;

        private final boolean isInterrupted;

        End(boolean isInterrupted) {
            super("the evaluation ends", null, false, false);
            this.isInterrupted = isInterrupted;
        }

        /** Whether the thread was interrupted, because the result is not needed any more. */
        boolean isInterrupted() {
            return isInterrupted;
        }
    }

    private long left;
    private int untilLook = LOOK;

    Walk(long visits) {
        left = visits;
    }

    /** The budget of the evaluation on this thread; null if there is none. */
    static @Nullable Walk current() {
        return CURRENT.get();
    }

    /** The budget of the evaluation on this thread, for functions, which run only in an evaluation. Unlimited if there is none. */
    static Walk here() {
        Walk walk = CURRENT.get();
        return walk == null ? new Walk(Long.MAX_VALUE) : walk;
    }

    /** Sets or, with null, removes the budget of this thread. */
    static void set(@Nullable Walk walk) {
        CURRENT.set(walk);
    }

    /** Charges for one value. */
    void visit() {
        visit(1);
    }

    /**
     * Charges for several values.
     *
     * @throws End if the budget is used up or the thread was interrupted
     */
    void visit(long values) {
        left -= values;
        if (left < 0) {
            throw new End(false);
        }
        if (--untilLook <= 0) {
            look();
        }
    }

    /** Charges for a text. */
    void text(int chars) {
        visit(1 + chars / CHARS_A_VISIT);
    }

    /** Charges for all elements of a collection. The elements of a view are charged when they are read. */
    void all(Collection<?> values) {
        if (!(values instanceof ToCel.ListView)) {
            visit(values.size());
        }
    }

    /** Ends the evaluation if the thread was interrupted. */
    void look() {
        untilLook = LOOK;
        if (Thread.currentThread().isInterrupted()) {
            throw new End(true);
        }
    }
}
