package dev.muster.task;

import java.io.Serial;

/**
 * A fault of the kernel itself: something does not hold that holds whatever users' code does, such as that a task ends once.
 *
 * <p>It ends the task without a parent in which it was seen, with everything below that, as far as that can still be done, and
 * is told to {@link Diagnostics#brokenInvariant}. Tasks beside it go on.
 */
public final class BrokenInvariantException extends IllegalStateException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String invariant;

    /**
     * A fault.
     *
     * @param invariant what holds otherwise, as a sentence without its full stop
     * @param where it was seen
     */
    public BrokenInvariantException(String invariant, String where) {
        super("an invariant of the kernel is broken: " + invariant + "; seen at " + where);
        this.invariant = invariant;
    }

    /** What holds otherwise, as a sentence without its full stop. */
    public String invariant() {
        return invariant;
    }
}
