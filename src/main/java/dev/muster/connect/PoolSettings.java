package dev.muster.connect;

import java.time.Duration;

/**
 * The settings of a {@link WorkPool}.
 *
 * @param name name in messages and thread names, for example {@code cpu}
 * @param threads maximum number of tasks that run at the same time
 * @param waiting maximum number of tasks that wait for a thread
 * @param virtual whether to use virtual threads if the JVM has them; meant for work that waits more than it computes
 * @param grace how long a cancel waits for running work to end
 */
public record PoolSettings(String name, int threads, int waiting, boolean virtual, Duration grace) {
    private static final int WAITING = 1_000;
    private static final int BLOCKING = 64;
    private static final Duration GRACE = Duration.ofSeconds(2);

    /**
     * Validates the limits.
     *
     * @throws IllegalArgumentException if {@code threads} is less than 1 or {@code waiting} is negative
     */
    public PoolSettings {
        if (threads < 1 || waiting < 0) {
            throw new IllegalArgumentException("a pool needs at least 1 thread and a queue length of at least 0");
        }
    }

    /** The {@code cpu} pool: one platform thread for each core, 1,000 waiting, 2 s grace. */
    public static PoolSettings cpu() {
        return new PoolSettings("cpu", Runtime.getRuntime().availableProcessors(), WAITING, false, GRACE);
    }

    /** The {@code blocking} pool: 64 threads, virtual if the JVM has them, 1,000 waiting, 2 s grace. */
    public static PoolSettings blocking() {
        return new PoolSettings("blocking", BLOCKING, WAITING, true, GRACE);
    }
}
