package dev.muster.run;

import io.vertx.core.Future;

/** Receives the events of one run, in order, on the run's loop. Must not block. */
@FunctionalInterface
public interface RunListener {

    /** Takes an event. */
    void event(Event event);

    /** Whether {@link #item} makes anything of what it gets; a run with such items is refused where it does not. */
    default boolean takesItems() {
        return false;
    }

    /**
     * Takes an item of a step that flows.
     *
     * @return completes, on any thread, when there is room for the next one: nothing more is read until then
     */
    default Future<Void> item(Event.Item item) {
        event(item);
        return room();
    }

    /**
     * Asked before the next item of an {@code each} is begun whose steps tell their values.
     *
     * @return completes, on any thread, when there is room for more events
     */
    default Future<Void> room() {
        return Future.succeededFuture();
    }

    /** A step has begun; not an event of the stream, but progress for people. */
    default void stepBegan(String path) {}
}
