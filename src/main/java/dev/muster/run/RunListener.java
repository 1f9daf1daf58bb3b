package dev.muster.run;

import io.vertx.core.Future;

/** The receiver of one run's events, in order. Called on the run's loop; must not block. */
@FunctionalInterface
public interface RunListener {

    /** Receives an event. */
    void event(Event event);

    /** Whether the listener accepts items; if not, a run with streamed steps is rejected. */
    default boolean takesItems() {
        return false;
    }

    /**
     * Receives an item of a streamed step.
     *
     * @return completes, on any thread, when there is room for the next item; nothing more is read until then
     */
    default Future<Void> item(Event.Item item) {
        event(item);
        return room();
    }

    /**
     * The back-pressure of an {@code each} whose steps send their values as events; called before each item.
     *
     * @return completes, on any thread, when there is room for more events
     */
    default Future<Void> room() {
        return Future.succeededFuture();
    }

    /** Reports that a step has begun. Not an event of the stream; for progress displays. */
    default void stepBegan(String path) {}
}
