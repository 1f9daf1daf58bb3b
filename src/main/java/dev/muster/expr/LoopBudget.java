package dev.muster.expr;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates on an event loop what is expected to be short, and gives up where it is not: it is begun again on a worker then, which
 * is possible as expressions have no effects.
 */
public final class LoopBudget {

    /** A millisecond or two. */
    private static final long VISITS = 50_000;

    private LoopBudget() {}

    /** Says that an evaluation would hold the loop. */
    public static final class PassedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        PassedException() {
            super("the evaluation would hold the loop", null, false, false);
        }
    }

    /**
     * The value of one or more evaluations.
     *
     * @throws PassedException if together they take longer than a loop may be held
     */
    public static <T extends @Nullable Object> T within(Supplier<T> evaluations) {
        Walk.set(new Walk(VISITS));
        try {
            return evaluations.get();
        } catch (Walk.End passed) {
            throw new PassedException();
        } finally {
            Walk.set(null);
        }
    }
}
