package dev.muster.task;

import java.util.List;

/**
 * The failure of a race in which every task failed: the first failure is the cause, later ones are suppressed.
 *
 * <p>It keeps at most {@value LaterFailures#MAX_KEPT} later failures and the count of the rest.
 */
public final class CombinedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final int MAX_IN_MESSAGE = 5;

    CombinedException(String what, List<? extends Throwable> failures, long count) {
        super(message(what, failures, count), failures.isEmpty() ? null : failures.get(0), true, false);
        if (!failures.isEmpty()) {
            Failures.with(this, failures.subList(1, failures.size()), count - 1);
        }
    }

    private static String message(String what, List<? extends Throwable> failures, long count) {
        var text = new StringBuilder(what);
        int named = Math.min(failures.size(), MAX_IN_MESSAGE);
        for (Throwable failure : failures.subList(0, named)) {
            text.append("; ").append(Failures.message(failure));
        }
        return count > named
                ? text.append("; and ").append(count - named).append(" more").toString()
                : text.toString();
    }
}
