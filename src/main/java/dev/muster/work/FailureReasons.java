package dev.muster.work;

import dev.muster.plan.MusterException;
import dev.muster.queue.QueueException;
import org.jspecify.annotations.Nullable;

/** The reason of a failure for the log: the type and detail of an error instead of its class. */
final class FailureReasons {

    private FailureReasons() {}

    static String of(@Nullable Throwable failure) {
        if (failure instanceof MusterException error) {
            return error.type().word() + ": " + error.detail();
        }
        return failure instanceof QueueException refused
                ? String.valueOf(refused.getMessage())
                : String.valueOf(failure);
    }
}
