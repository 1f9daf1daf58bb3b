package dev.muster.service;

import dev.muster.task.CancelReason;
import io.vertx.core.Future;
import java.util.function.Consumer;

/**
 * A pending operation on a queue that can be cancelled.
 *
 * @param future the result; completes on any thread
 * @param giveUp cancels the operation if it is still waiting; idempotent, safe on any thread
 * @param <T> the type of the result
 */
public record PendingRequest<T>(Future<T> future, Consumer<CancelReason> giveUp) {

    private static final CancelReason WITHDRAWN =
            new CancelReason(CancelReason.Kind.TIMEOUT, "caller", "the wait of the caller is over");

    /**
     * Ends the wait now, as if its time were up; the operation completes with the results so far. Idempotent; safe on any thread.
     */
    public void withdraw() {
        giveUp.accept(WITHDRAWN);
    }

    /** An operation that does not wait; cancelling it has no effect. */
    static <T> PendingRequest<T> now(Future<T> future) {
        return new PendingRequest<>(future, reason -> {});
    }
}
