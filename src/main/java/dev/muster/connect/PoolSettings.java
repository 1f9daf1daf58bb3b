package dev.muster.connect;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The settings of a {@link WorkPool}, and the threads that they ask for.
 *
 * @param name name in messages and thread names, for example {@code cpu}
 * @param threads maximum number of tasks that run at the same time
 * @param waiting maximum number of tasks that wait for a thread
 * @param virtual whether to use virtual threads if the JVM has them; meant for work that waits more than it computes
 * @param grace how long a cancel waits for running work to end
 */
public record PoolSettings(String name, int threads, int waiting, boolean virtual, Duration grace) {
    private static final long IDLE_SECONDS = 30;
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

    /** New threads of the pool: virtual threads if requested and supported by the JVM, else platform threads. */
    Executor newThreads() {
        String prefix = "muster-" + name + "-";
        return (virtual ? virtualThreads(prefix) : Optional.<Executor>empty()).orElseGet(() -> platformThreads(prefix));
    }

    /**
     * Daemon threads that start on demand and end after {@value #IDLE_SECONDS} idle seconds. The pool limits their number. An idle
     * thread is always reused first, so that the JVM's memory for threads stays small.
     */
    private static Executor platformThreads(String prefix) {
        var count = new AtomicLong();
        ThreadFactory threads = task -> {
            var thread = new Thread(task, prefix + count.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        };
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), threads);
    }

    /** Uses reflection because the class files target a release without virtual threads. */
    private static Optional<Executor> virtualThreads(String prefix) {
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            Class<?> type = Class.forName("java.lang.Thread$Builder");
            Object named = type.getMethod("name", String.class, long.class).invoke(builder, prefix, 0L);
            var threads = (ThreadFactory) type.getMethod("factory").invoke(named);
            return Optional.of(task -> threads.newThread(task).start());
        } catch (ReflectiveOperationException e) {
            return Optional.empty();
        }
    }
}
