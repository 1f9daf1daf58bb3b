package dev.muster.task;

import dev.muster.loop.OutOfMemory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Helpers for failures that the kernel did not create: it reads them defensively and never modifies them. */
final class Failures {

    private static final int MAX_MESSAGE = 500;

    private Failures() {}

    /** A failure's message, truncated after 500 characters; the class name if there is no message or reading it throws. */
    static String message(Throwable failure) {
        String message;
        try {
            message = failure.getMessage();
        } catch (Throwable broken) {
            OutOfMemory.check(broken);
            message = null;
        }
        if (message == null) {
            return failure.getClass().getName();
        }
        if (message.length() <= MAX_MESSAGE) {
            return message;
        }
        // A surrogate pair is one character, and half of it is none.
        boolean cutsPair = Character.isHighSurrogate(message.charAt(MAX_MESSAGE - 1));
        return message.substring(0, cutsPair ? MAX_MESSAGE - 1 : MAX_MESSAGE) + "…";
    }

    /** Adds later failures to an exception that no other code has seen yet, with a count of those beyond the bound. */
    static <E extends Throwable> E with(E own, @Nullable LaterFailures later) {
        if (later != null) {
            with(own, later.kept(), later.count());
        }
        return own;
    }

    static <E extends Throwable> E with(E own, List<? extends Throwable> later, long count) {
        for (Throwable failure : later) {
            if (failure != own) {
                own.addSuppressed(failure);
            }
        }
        if (count > later.size()) {
            own.addSuppressed(new MoreFailures(count - later.size()));
        }
        return own;
    }

    /** The count of the failures beyond the bound. */
    private static final class MoreFailures extends RuntimeException {
        private static final long serialVersionUID = 1L;

        MoreFailures(long count) {
            super("and " + count + " more failures", null, false, false);
        }
    }
}
