package dev.muster.connect;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link WorkPool} does off the loop.
 *
 * @param <T> the result
 */
@FunctionalInterface
public interface Work<T> {

    /**
     * Does it, on a thread of the pool, which it may block. It ends soon after it was interrupted or {@code stop} says so;
     * an {@link InterruptedException} is then the natural way out.
     */
    @Nullable
    T run(StopSignal stop) throws Exception;
}
