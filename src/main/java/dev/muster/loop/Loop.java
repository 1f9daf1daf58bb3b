package dev.muster.loop;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;

/**
 * A single thread that runs steps one after another and tells the time: the only source of order and time in Muster.
 *
 * <p>{@link #execute} may be called from any thread. Everything else that touches the state of a task tree happens in
 * steps on its loop, so that this state needs no locks. Use {@link #of(Vertx)} in production and {@link VirtualLoop} in
 * tests.
 */
public interface Loop {

    /** The loop of a new event-loop context of this Vert.x. */
    static Loop of(Vertx vertx) {
        return VertxLoop.of(vertx);
    }

    /**
     * The loop of an event-loop context: steps run on its thread, as this context. Take one loop for each context and
     * keep it.
     *
     * @throws IllegalArgumentException if the context is a worker's
     */
    static Loop of(Context context) {
        return VertxLoop.of(context);
    }

    /**
     * Runs a step after the steps that are ready now. Steps from one thread keep their order. A step that throws is
     * reported, and the loop goes on.
     */
    void execute(Runnable step);

    /** Whether the calling thread is the loop's own. */
    boolean inLoop();

    /** Monotonic time in nanoseconds since an arbitrary origin; never negative. From any thread. */
    long nanos();

    /** The wall clock, for people and identifiers; never for measuring. From any thread. */
    Instant wallTime();

    /**
     * Runs a step on the loop once a delay has passed.
     *
     * @param delayNanos from now; zero or less means as soon as possible
     * @return the way to stop it; from the loop only
     */
    Timer schedule(long delayNanos, Runnable step);

    /**
     * A promise that is completed in a step of this loop: what its listeners throw reaches the handler of uncaught exceptions
     * and not the one who completes it.
     */
    default <T> Promise<T> promise() {
        return Promise.promise();
    }

    /** As {@link #schedule(long, Runnable)}, with a duration. */
    default Timer schedule(Duration delay, Runnable step) {
        return schedule(Nanos.of(delay), step);
    }
}
