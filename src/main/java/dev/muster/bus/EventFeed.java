package dev.muster.bus;

import dev.muster.loop.Loop;
import dev.muster.run.Backpressure;
import dev.muster.run.Event;
import dev.muster.run.RunListener;
import dev.muster.service.ManagedRun;
import dev.muster.task.CancelReason;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sends the events of a run to an address, with at most {@code window} unacknowledged events if a window is set. Runs on the run's
 * loop.
 *
 * <p>If the target does not keep up, back-pressure stops the run from starting items and reading rows. Step ends are queued here;
 * the plan bounds their number.
 */
final class EventFeed implements RunListener {

    /** The target of a run's events. Runs on the run's loop; its futures complete on any thread. */
    interface Target {

        /** The time for an event to be acknowledged. After that the receiver counts as gone. */
        Duration PATIENCE = Duration.ofSeconds(60);

        /** The header with the event's number, from 1. */
        String NUMBER = "muster-event";

        /**
         * Sends an event.
         *
         * @param acknowledged whether to wait for an acknowledgement
         * @return fails if the event cannot be delivered, or is not acknowledged in time
         */
        Future<?> send(long number, Map<String, @Nullable Object> event, boolean acknowledged);

        /** Completes when another event can be sent. */
        Future<Void> room();
    }

    private static final CancelReason LEFT = CancelReason.of("the receiver of the events is gone");

    private final Loop loop;
    private final Target target;
    private final int window;
    private final ArrayDeque<Event> pending = new ArrayDeque<>();
    private final Backpressure room = new Backpressure();
    private @Nullable ManagedRun run;
    private boolean isOpen;
    private boolean isWaiting;
    private boolean isGone;
    private int unacknowledged;
    private long number;

    EventFeed(Loop loop, Target target, int window) {
        this.loop = loop;
        this.target = target;
        this.window = window;
    }

    /** Starts sending, after the reply that names the run. */
    void open(ManagedRun admitted) {
        run = admitted;
        isOpen = true;
        pump();
    }

    @Override
    public void event(Event event) {
        if (!isGone) {
            pending.add(event);
            pump();
        }
    }

    @Override
    public boolean takesItems() {
        return window > 0;
    }

    @Override
    public Future<Void> room() {
        return room.when(isGone || hasRoom());
    }

    private boolean hasRoom() {
        return pending.isEmpty() && (window == 0 || unacknowledged < window);
    }

    private void pump() {
        while (isOpen && !isGone && !pending.isEmpty() && (window == 0 || unacknowledged < window)) {
            Future<Void> free = target.room();
            if (!free.isComplete()) {
                await(free);
                return;
            }
            send(pending.remove());
        }
        if (hasRoom() || isGone) {
            room.opens();
        }
    }

    private void await(Future<Void> free) {
        if (!isWaiting) {
            isWaiting = true;
            free.onComplete(done -> loop.execute(() -> {
                isWaiting = false;
                pump();
            }));
        }
    }

    private void send(Event event) {
        number++;
        unacknowledged++;
        target.send(number, event.toValue(), window > 0)
                .onComplete((ignored, failure) -> loop.execute(() -> {
                    unacknowledged--;
                    if (failure == null) {
                        pump();
                    } else {
                        gone();
                    }
                }));
    }

    private void gone() {
        isGone = true;
        pending.clear();
        room.opens();
        if (run != null) {
            run.cancel(LEFT);
        }
    }
}
