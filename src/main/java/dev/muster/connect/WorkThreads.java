package dev.muster.connect;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The threads of a pool: virtual threads if requested and supported by the JVM, else platform threads. */
final class WorkThreads {
    private static final long IDLE_SECONDS = 30;

    private WorkThreads() {}

    /** Runs each task on a new virtual thread, or on platform threads if the JVM has no virtual ones. */
    static Executor virtualOr(String name) {
        return virtual(name).orElseGet(() -> platform(name));
    }

    /**
     * Daemon threads that start on demand and end after {@value #IDLE_SECONDS} idle seconds. The pool limits their number. An idle
     * thread is always reused first, so that the JVM's memory for threads stays small.
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

    /** Ends idle threads. Running tasks are not affected. */
    static void close(Executor threads) {
        if (threads instanceof ExecutorService service) {
            service.shutdown();
        }
    }

    /** Uses reflection because the class files target a release without virtual threads. */
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
