package dev.muster.task;

import io.vertx.core.Future;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A task from inside, for straight-line code on a thread of its own: a virtual one where the JVM has them (21 and later),
 * else a platform one.
 *
 * <p>Everything of the kernel is reached through {@link #await}, which carries the call to the loop and blocks this thread
 * until its future has completed. A cancel ends such a wait as any other: the thread gets a {@link CancelledException}. Where
 * the thread blocks in something else (a sleep, a socket, a lock of Java's), a cancel interrupts it; it is never interrupted
 * while it waits for the loop. The task ends when the code has returned. To be used by that one thread.
 */
public final class BlockingScope {

    private final Scope scope;
    private final Thread thread;
    private final Object guard = new Object();
    private boolean waitsForLoop;
    private boolean isOver;
    private @Nullable CancelReason cancelled;

    private <T> BlockingScope(Scope scope, BlockingBody<T> body, Waiter<T> waiter) {
        this.scope = scope;
        this.thread = Threads.unstarted(scope.task().path(), () -> run(body, waiter));
    }

    static <T> Future<T> run(Scope scope, BlockingBody<T> body) {
        return scope.suspend("its thread", waiter -> {
            var blocking = new BlockingScope(scope, body, waiter);
            blocking.thread.start();
            return blocking::interrupt;
        });
    }

    /**
     * Begins a wait on the loop and blocks until it is over.
     *
     * @param wait is called on the loop with the scope of this task
     * @return what the future gave
     * @throws CancelledException if the task is to stop
     * @throws IllegalStateException on another thread than the task's
     * @throws Exception what the future failed with
     */
    public <R> @Nullable R await(Function<Scope, Future<R>> wait) throws Exception {
        Objects.requireNonNull(wait, "a wait");
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException(scope.task() + " waits on its own thread only");
        }
        var ended = new CompletableFuture<Future<R>>();
        Future<R> end;
        synchronized (guard) {
            throwIfCancelled();
            waitsForLoop = true;
        }
        try {
            scope.loop().execute(() -> begin(wait, ended));
            // An interrupt does not end it: that is not for this wait, and is kept for what comes after it.
            end = ended.join();
        } finally {
            synchronized (guard) {
                waitsForLoop = false;
                if (cancelled != null) {
                    thread.interrupt(); // whatever it blocks in next ends at once
                }
            }
        }
        if (end.succeeded()) {
            return end.result();
        }
        if (end.cause() instanceof Error error) {
            throw error;
        }
        throw end.cause() instanceof Exception exception ? exception : new IllegalStateException(end.cause());
    }

    @SuppressWarnings("ConstantValue") // waits are written by users, who do return null
    private <R> void begin(Function<Scope, Future<R>> wait, CompletableFuture<Future<R>> ended) {
        Future<R> end;
        try {
            end = wait.apply(scope);
        } catch (Throwable thrown) {
            end = Future.failedFuture(thrown);
        }
        if (end == null) {
            end = Future.failedFuture(new NullPointerException("the wait returned null, not a future"));
        }
        Future<R> begun = end;
        begun.onComplete(over -> ended.complete(begun));
    }

    /** Whether the task is to stop: to be polled by code that computes for long. */
    public boolean isCancelled() {
        synchronized (guard) {
            return cancelled != null;
        }
    }

    private <T> void run(BlockingBody<T> body, Waiter<T> waiter) {
        T value = null;
        Throwable failure = null;
        try {
            value = Tasks.callAs(scope.task(), () -> body.run(this));
        } catch (Throwable thrown) {
            failure = thrown;
        }
        synchronized (guard) {
            isOver = true;
            if (failure instanceof InterruptedException && cancelled != null) {
                failure = new CancelledException(cancelled);
            }
        }
        waiter.complete(value, failure);
    }

    /** The task is cancelled; the wait for the thread is over when the thread is. */
    private boolean interrupt(CancelReason reason) {
        synchronized (guard) {
            cancelled = reason;
            if (!waitsForLoop && !isOver) {
                thread.interrupt();
            }
        }
        return false;
    }

    private void throwIfCancelled() {
        if (cancelled != null) {
            throw new CancelledException(cancelled);
        }
    }
}

/** Makes threads for straight-line code. */
final class Threads {

    private Threads() {}

    /** A virtual thread where the JVM has them: the code is compiled for 17, so that they are asked for by name. */
    static Thread unstarted(String name, Runnable work) {
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            Class<?> type = Class.forName("java.lang.Thread$Builder");
            type.getMethod("name", String.class).invoke(builder, name);
            return (Thread) type.getMethod("unstarted", Runnable.class).invoke(builder, work);
        } catch (ReflectiveOperationException none) {
            Thread platform = new Thread(work, name);
            platform.setDaemon(true);
            return platform;
        }
    }
}
