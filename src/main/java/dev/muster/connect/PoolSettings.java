package dev.muster.connect;

import java.time.Duration;

/**
 * Settings of a {@link WorkPool}.
 *
 * @param name for messages and threads: {@code cpu}
 * @param threads how many run at once
 * @param waiting how many wait for a thread
 * @param virtual whether to use virtual threads where the JVM has them: for work that waits more than it computes
 * @param grace how long a cancel waits for work to end
 */
public record PoolSettings(String name, int threads, int waiting, boolean virtual, Duration grace) {
    private static final int WAITING = 1_000;
    private static final int BLOCKING = 64;
    private static final Duration GRACE = Duration.ofSeconds(2);

    /** Checks that the bounds are bounds. */
    public PoolSettings {
        if (threads < 1 || waiting < 0) {
            throw new IllegalArgumentException("a pool needs a thread, and no negative number waits");
        }
    }

    /** {@code cpu}: a platform thread a core, 1,000 waiting, 2 s grace. */
    public static PoolSettings cpu() {
        return new PoolSettings("cpu", Runtime.getRuntime().availableProcessors(), WAITING, false, GRACE);
    }

    /** {@code blocking}: 64 threads, virtual where the JVM has them, 1,000 waiting, 2 s grace. */
    public static PoolSettings blocking() {
        return new PoolSettings("blocking", BLOCKING, WAITING, true, GRACE);
    }
}
