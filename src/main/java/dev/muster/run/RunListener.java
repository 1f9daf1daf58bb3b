package dev.muster.run;

/** Receives the events of one run, in order, on the run's loop. Must not block. */
@FunctionalInterface
public interface RunListener {

    /** Takes an event. */
    void event(Event event);

    /** A step has begun; not an event of the stream, but progress for people. */
    default void stepBegan(String path) {}
}
