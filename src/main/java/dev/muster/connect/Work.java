package dev.muster.connect;

import org.jspecify.annotations.Nullable;

/**
 * Work that a {@link WorkPool} runs off the loop.
 *
 * @param <T> the type of the result
 */
@FunctionalInterface
public interface Work<T> {

    /**
     * Runs the work on a thread of the pool; it can block that thread. It must end soon after an interrupt or after {@code stop} is
     * set. Throwing {@link InterruptedException} is the normal way to end then.
     */
    @Nullable
    T run(StopSignal stop) throws Exception;
}
