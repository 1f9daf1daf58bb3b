package dev.muster.run;

import dev.muster.connect.Receipt;
import dev.muster.task.CancelReason;
import org.jspecify.annotations.Nullable;

/** What a step knows of its cancel: there is one of these only where something of it was cancelled. On the run's loop. */
final class StepCancel {

    private @Nullable Receipt own;
    private @Nullable Receipt inside;
    private @Nullable CancelReason reason;

    /** A call of the step itself was stopped. */
    void own(Receipt receipt) {
        own = own == null ? receipt : own.and(receipt);
    }

    /** A call of a step inside this one was stopped. */
    void inside(Receipt receipt) {
        inside = inside == null ? receipt : inside.and(receipt);
    }

    /** The step was stopped, whatever it was at; the first reason counts. */
    void stopped(CancelReason why) {
        reason = reason == null ? why : reason;
    }

    /** Whether a call of the step itself was stopped before it was sent. */
    boolean foundUnsent() {
        return own != null && !own.sent();
    }

    /**
     * The receipt of the step. One that was stopped in the midst of others names no source: the steps inside it do. A step that
     * was not stopped itself has none, whatever was stopped inside it.
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
