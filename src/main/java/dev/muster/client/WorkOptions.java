package dev.muster.client;

import java.time.Duration;

/**
 * How a worker works on a queue. Immutable.
 *
 * @param consumers how many jobs are worked on at once, at least 1
 * @param prefetch how many more are taken ahead, so that the next is there when a handler ends
 * @param drain how long handlers have to end once the worker is closed, before they are cancelled
 */
public record WorkOptions(int consumers, int prefetch, Duration drain) {

    /** As long as the handlers need. */
    public static final Duration UNTIL_DONE = Duration.ofDays(365);

    /** @throws IllegalArgumentException if a number is out of its bounds */
    public WorkOptions {
        if (consumers < 1 || prefetch < 0 || drain.isNegative()) {
            throw new IllegalArgumentException("consumers has to be 1 or more, prefetch and drain 0 or more");
        }
    }

    /** So many jobs at once, none taken ahead; a close cancels at once. */
    public static WorkOptions consumers(int consumers) {
        return new WorkOptions(consumers, 0, Duration.ZERO);
    }

    /** The same with so many jobs taken ahead. */
    public WorkOptions withPrefetch(int other) {
        return new WorkOptions(consumers, other, drain);
    }

    /** The same with so much time for handlers after a close. */
    public WorkOptions withDrain(Duration other) {
        return new WorkOptions(consumers, prefetch, other);
    }
}
