package dev.muster.run;

import dev.muster.connect.Receipt;
import dev.muster.task.CancelReason;
import org.jspecify.annotations.Nullable;

/** The cancel of a step; created only if something in the step was cancelled. On the run's loop. */
final class StepCancel {

    private @Nullable Receipt own;
    private @Nullable Receipt inside;
    private @Nullable CancelReason reason;

    /** Records that a call of the step itself was stopped. */
    void own(Receipt receipt) {
        own = own == null ? receipt : own.and(receipt);
    }

    /** Records that a call of a nested step was stopped. */
    void inside(Receipt receipt) {
        inside = inside == null ? receipt : inside.and(receipt);
    }

    /** Records that the step was stopped; the first reason counts. */
    void stopped(CancelReason why) {
        reason = reason == null ? why : reason;
    }

    /** Whether a call of the step itself was stopped before it was sent. */
    boolean foundUnsent() {
        return own != null && !own.sent();
    }

    /**
     * The receipt of the step. For a combinator it names no source, because the receipts of the nested steps do. Null if
     * the step was not stopped itself, whatever was stopped inside it.
     */
    @Nullable
    Receipt receipt() {
        if (own != null) {
            return own;
        }
        if (reason == null) {
            return null;
        }
        Receipt stopped = Receipt.of(reason);
        return inside == null ? stopped : stopped.within(inside);
    }
}
