package dev.muster.run;

import dev.muster.config.Durations;
import dev.muster.loop.Timer;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.VerbCall;
import dev.muster.task.Items;
import dev.muster.task.Repeat;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The streaming of a run's items to the caller, only as fast as the caller takes them (back-pressure). On the run's loop. */
final class CallerStream {

    private final StepRun step;
    private final Scope scope;
    private final Items<Object> items;

    private CallerStream(StepRun step, Scope scope, Items<Object> items) {
        this.step = step;
        this.scope = scope;
        this.items = items;
    }

    /** Rejects a run with streamed steps if its listener takes no items, before anything has started. */
    static void check(Collection<String> streamed, RunListener listener) {
        if (!streamed.isEmpty() && !listener.takesItems()) {
            throw new MusterException(
                    ErrorType.BAD_INPUT,
                    "the items of " + String.join(", ", streamed)
                            + " go to the caller's event stream, and the caller requested none: request the run's events"
                            + " (muster run --stream)");
        }
    }

    /** Executes the call item by item; the result is null. */
    static Future<@Nullable Object> run(Scope scope, StepRun step, VerbCall call) {
        return VerbRun.open(scope, step, call)
                .compose(items -> Repeat.whileTrue(scope, new CallerStream(step, scope, items)::next))
                .map(ended -> null);
    }

    private Future<Boolean> next() {
        return items.next()
                .compose(item -> item.isEmpty()
                        ? Future.succeededFuture(false)
                        : send(item.get()).map(true));
    }

    private Future<Void> send(Object item) {
        return awaitRoom(step.run.listener().item(new Event.Item(step.path, item)), scope, step.run);
    }

    /**
     * Waits until the reader of the run's events has room. A reader can be slow, but a reader that takes nothing for a
     * bounded time ends the run, because the run holds resources meanwhile, above all connections with open cursors.
     *
     * @param room completes, on any thread, when the reader has taken enough
     * @return a future that fails with type {@code limit} if the reader takes too long
     */
    static Future<Void> awaitRoom(Future<Void> room, Scope scope, RunState run) {
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
