package dev.muster.connect;

/**
 * The cancel flag of work that runs off the loop.
 *
 * <p>A stop also interrupts the thread, so that blocked work ends by itself. CPU-bound work should poll this flag every few
 * microseconds. Safe on any thread.
 */
@FunctionalInterface
public interface StopSignal {

    /** Whether the work should stop. Once true, it stays true. */
    boolean isStopped();

    /**
     * Ends the work if it should stop; its result is not needed.
     *
     * @throws InterruptedException if the work should stop
     */
    default void throwIfStopped() throws InterruptedException {
        if (isStopped()) {
            throw new InterruptedException("the result is no longer needed");
        }
    }
}
