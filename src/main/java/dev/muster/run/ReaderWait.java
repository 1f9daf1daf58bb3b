package dev.muster.run;

import dev.muster.config.Durations;
import dev.muster.loop.Timer;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The wait of a run for the reader of its events. A reader can be slow, but a reader that takes nothing for a bounded
 * time ends the run, because the run holds resources meanwhile, above all connections with open cursors. On the run's
 * loop.
 */
final class ReaderWait {
    private ReaderWait() {}

    /**
     * Waits until the reader has room.
     *
     * @param room completes, on any thread, when the reader has taken enough
     * @return a future that fails with type {@code limit} if the reader takes too long
     */
    static Future<Void> until(Future<Void> room, Scope scope, RunState run) {
        if (room.succeeded()) {
            return room;
        }
        Duration most = run.limits().readerTime();
        var timer = new AtomicReference<@Nullable Timer>();
        return scope.<Void>suspend("its reader", waiter -> {
                    room.onComplete(waiter);
                    timer.set(scope.loop().schedule(most, () -> waiter.fail(nothingTaken(most))));
                    return reason -> true;
                })
                .onComplete(ended -> {
                    Timer running = timer.get();
                    if (running != null) {
                        running.cancel();
                    }
                });
    }

    private static MusterException nothingTaken(Duration most) {
        return new MusterException(
                ErrorType.LIMIT,
                "the reader of the run's events has read nothing for " + Durations.format(most)
                        + " (server.limits.readerTime)");
    }
}
