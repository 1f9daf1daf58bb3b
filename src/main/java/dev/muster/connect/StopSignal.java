package dev.muster.connect;

/**
 * Tells work that runs off the loop that nobody wants its result any more.
 *
 * <p>A stop also interrupts the thread, so that work which waits ends by itself; work that computes asks here every few
 * microseconds or so. May be asked from any thread.
 */
@FunctionalInterface
public interface StopSignal {

    /** Whether the work is to stop. Once true it stays true. */
    boolean isStopped();

    /** Ends the work here if it is to stop; what it would have given is not wanted. */
    default void throwIfStopped() throws InterruptedException {
        if (isStopped()) {
            throw new InterruptedException("nobody wants the result any more");
        }
    }
}
