package dev.muster.task;

import java.io.Serial;

/**
 * A fault of the kernel itself: a violation of an invariant that holds whatever users' code does, for example that a task
 * ends once.
 *
 * <p>The fault ends the tree in which it was detected: the task without a parent and all its descendants, as far as that
 * is still possible. It is reported to {@link Diagnostics#brokenInvariant}. Other trees continue.
 */
public final class BrokenInvariantException extends IllegalStateException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String invariant;

    /**
     * Creates the exception.
     *
     * @param invariant the violated invariant, as a sentence without its full stop
     * @param where the place of detection
     */
    public BrokenInvariantException(String invariant, String where) {
        super("an invariant of the kernel is broken: " + invariant + "; seen at " + where);
        this.invariant = invariant;
    }

    /** The violated invariant, as a sentence without its full stop. */
    public String invariant() {
        return invariant;
    }
}
