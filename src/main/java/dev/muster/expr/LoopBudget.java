package dev.muster.expr;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A budget for evaluations on an event loop. An evaluation that exceeds it is stopped, and can be started again on a worker,
 * since expressions have no side effects. Safe on any thread.
 */
public final class LoopBudget {

    /** The budget, in visits: one or two milliseconds. */
    private static final long VISITS = 50_000;

    private LoopBudget() {}

    /** The budget was exceeded: the evaluation would block the loop. */
    public static final class PassedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        PassedException() {
            super("the evaluation would block the loop", null, false, false);
        }
    }

    /**
     * Runs one or more evaluations within one budget. A nested call has a budget of its own; afterwards the outer one
     * counts on.
     *
     * @throws PassedException if the evaluations exceed the budget together
     */
    public static <T extends @Nullable Object> T within(Supplier<T> evaluations) {
        Walk outer = Walk.current();
        Walk.set(new Walk(VISITS));
        try {
            return evaluations.get();
        } catch (Walk.End passed) {
            throw new PassedException();
        } finally {
            Walk.set(outer);
        }
    }
}
