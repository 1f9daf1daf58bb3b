package dev.muster.work;

import dev.muster.plan.MusterException;
import dev.muster.queue.QueueException;
import org.jspecify.annotations.Nullable;

/** Reasons of failures as operators read them in the log: an error by its type and its words, not by a class. */
final class Why {

    private Why() {}

    static String of(@Nullable Throwable failure) {
        if (failure instanceof MusterException error) {
            return error.type().word() + ": " + error.detail();
        }
        return failure instanceof QueueException refused
                ? String.valueOf(refused.getMessage())
                : String.valueOf(failure);
    }
}
