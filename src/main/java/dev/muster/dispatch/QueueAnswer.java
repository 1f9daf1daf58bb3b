package dev.muster.dispatch;

import dev.muster.task.CancelReason;
import io.vertx.core.Future;
import java.util.function.Consumer;

/**
 * What somebody asked of a queue and may have to wait for.
 *
 * @param future completes on any thread
 * @param giveUp takes it back, if it is not decided yet; idempotent, from any thread
 * @param <T> what is asked
 */
public record QueueAnswer<T>(Future<T> future, Consumer<CancelReason> giveUp) {

    private static final CancelReason WITHDRAWN =
            new CancelReason(CancelReason.Kind.TIMEOUT, "caller", "the caller waits no longer");

    /** Has it answered now, with what there is, as if the time to wait were up. Idempotent; from any thread. */
    public void withdraw() {
        giveUp.accept(WITHDRAWN);
    }

    /** One that nobody waits for. */
    static <T> QueueAnswer<T> now(Future<T> future) {
        return new QueueAnswer<>(future, reason -> {});
    }
}
