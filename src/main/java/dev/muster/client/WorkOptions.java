package dev.muster.client;

import java.time.Duration;

/**
 * The options of a queue worker. Immutable.
 *
 * @param consumers number of jobs processed at once, at least 1
 * @param prefetch number of jobs taken ahead, so that a handler that ends finds the next job
 * @param drain how long handlers have to end after a close before they are cancelled
 */
public record WorkOptions(int consumers, int prefetch, Duration drain) {

    /** A drain without a limit. */
    public static final Duration UNTIL_DONE = Duration.ofDays(365);

    /** @throws IllegalArgumentException if a component is out of range */
    public WorkOptions {
        if (consumers < 1 || prefetch < 0 || drain.isNegative()) {
            throw new IllegalArgumentException("consumers has to be 1 or more, prefetch and drain 0 or more");
        }
    }

    /** Options for this number of jobs at once, without prefetch; a close cancels the handlers at once. */
    public static WorkOptions consumers(int consumers) {
        return new WorkOptions(consumers, 0, Duration.ZERO);
    }

    /** Returns a copy with another prefetch. */
    public WorkOptions withPrefetch(int other) {
        return new WorkOptions(consumers, other, drain);
    }

    /** Returns a copy with another drain time. */
    public WorkOptions withDrain(Duration other) {
        return new WorkOptions(consumers, prefetch, other);
    }
}
