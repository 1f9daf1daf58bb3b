package dev.muster.task;

import java.util.List;

/** The failure of a race that nobody won: the first failure is the cause, the later ones are suppressed. */
public final class CombinedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CombinedException(String what, List<? extends Throwable> failures) {
        super(message(what, failures), failures.isEmpty() ? null : failures.get(0), true, false);
        failures.stream().skip(1).forEach(this::addSuppressed);
    }

    private static String message(String what, List<? extends Throwable> failures) {
        var text = new StringBuilder(what);
        for (Throwable failure : failures) {
            text.append("; ").append(failure.getMessage());
        }
        return text.toString();
    }
}
