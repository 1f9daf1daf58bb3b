package dev.muster.service;

import dev.muster.connect.queue.QueueErrors;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.QueueException;
import dev.muster.queue.Settled;
import org.jspecify.annotations.Nullable;

/**
 * The result of one operation of a lease holder.
 *
 * @param settled the new state of the job; null if nothing changed
 * @param failure why nothing changed, or null
 */
public record SettleAnswer(
        @Nullable Settled settled, @Nullable Throwable failure) {

    static SettleAnswer of(@Nullable Settled settled, @Nullable Throwable failure) {
        if (settled == null) {
            return new SettleAnswer(
                    null, failure instanceof QueueException refused ? QueueErrors.of(refused) : failure);
        }
        return switch (settled.verdict()) {
            case APPLIED -> new SettleAnswer(settled, null);
            case STALE -> refused("the lease is not valid for this job: it expired or was settled");
            case CANCEL_ASKED -> refused("the cancel of the job was requested: fail or release the job");
        };
    }

    private static SettleAnswer refused(String why) {
        return new SettleAnswer(null, new MusterException(ErrorType.CONFLICT, why));
    }
}
