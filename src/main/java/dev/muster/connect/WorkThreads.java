package dev.muster.connect;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The threads of a pool: virtual ones where the JVM has them and the work only waits, else platform threads. */
final class WorkThreads {
    private static final long IDLE_SECONDS = 30;

    private WorkThreads() {}

    /** Runs each task on a virtual thread of its own, or on platform threads where there are none. */
    static Executor virtualOr(String name) {
        return virtual(name).orElseGet(() -> platform(name));
    }

    /**
     * Daemon threads, made when needed and gone after {@value #IDLE_SECONDS} idle seconds. How many there are, the pool
     * bounds: an idle one is always taken first, so that memory which the JVM keeps for each thread stays small.
     */
    static Executor platform(String name) {
        var count = new AtomicLong();
        ThreadFactory threads = task -> {
            var thread = new Thread(task, name + "-" + count.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        };
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), threads);
    }

    /** Lets idle threads go; what runs is not touched. */
    static void close(Executor threads) {
        if (threads instanceof ExecutorService service) {
            service.shutdown();
        }
    }

    /** By reflection, as the class files are for a release that does not know them. */
    private static Optional<Executor> virtual(String name) {
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            Class<?> type = Class.forName("java.lang.Thread$Builder");
            Object named = type.getMethod("name", String.class, long.class).invoke(builder, name + "-", 0L);
            var threads = (ThreadFactory) type.getMethod("factory").invoke(named);
            return Optional.of(task -> threads.newThread(task).start());
        } catch (ReflectiveOperationException e) {
            return Optional.empty();
        }
    }
}
