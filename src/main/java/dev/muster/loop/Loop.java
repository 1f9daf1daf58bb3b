package dev.muster.loop;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;

/**
 * A single thread that runs steps one after another and tells the time: the only source of order and time in Muster.
 *
 * <p>The state of a task tree is touched only in steps on its loop, so that it needs no locks. {@link #execute},
 * {@link #inLoop}, {@link #nanos} and {@link #wallTime} are safe on any thread. Use {@link #of(Vertx)} in production and
 * {@link VirtualLoop} in tests.
 */
public interface Loop {

    /** Creates a loop on a new event-loop context of this Vert.x instance. */
    static Loop of(Vertx vertx) {
        return VertxLoop.of(vertx);
    }

    /**
     * Creates a loop on an existing event-loop context. Steps run on its thread, with it as the current context. Create
     * one loop for each context and keep it.
     *
     * @throws IllegalArgumentException if the context is a worker context
     */
    static Loop of(Context context) {
        return VertxLoop.of(context);
    }

    /**
     * Runs a step after the steps that are ready now. Safe on any thread; steps from one thread keep their order. An
     * exception from a step is reported as uncaught and does not stop the loop.
     */
    void execute(Runnable step);

    /** Whether the calling thread is the loop's own. */
    boolean inLoop();

    /** The monotonic time in nanoseconds since an arbitrary origin; never negative. Safe on any thread. */
    long nanos();

    /** The wall clock, for display and identifiers; never for measuring. Safe on any thread. */
    Instant wallTime();

    /**
     * Runs a step on the loop after a delay.
     *
     * @param delayNanos nanoseconds from now; zero or less means as soon as possible
     * @return a handle that cancels the step; for use on the loop only
     */
    Timer schedule(long delayNanos, Runnable step);

    /**
     * Creates a promise that is to be completed on this loop. An exception from a listener goes to the handler of
     * uncaught exceptions, not to the code that completes the promise. The default implementation is a plain
     * {@link Promise#promise()}.
     */
    default <T> Promise<T> promise() {
        return Promise.promise();
    }

    /** Runs a step on the loop after a delay, as {@link #schedule(long, Runnable)}. */
    default Timer schedule(Duration delay, Runnable step) {
        return schedule(Nanos.of(delay), step);
    }
}
