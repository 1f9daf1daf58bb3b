package dev.muster.task;

import io.vertx.core.Future;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A task seen from inside, for blocking code on a thread of its own: a virtual thread on Java 21 and later, else a
 * platform thread.
 *
 * <p>The kernel is reached through {@link #await}, which carries a call to the loop and blocks this thread until the
 * returned future has completed. A cancel ends such a wait with a {@link CancelledException}. If the thread blocks in
 * anything else (a sleep, a socket, a Java lock), a cancel interrupts it; the thread is never interrupted while it waits
 * for the loop. The task ends when the code has returned. For use on that one thread.
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
        this.thread = unstarted(scope.task().path(), () -> run(body, waiter));
    }

    static <T> Future<T> run(Scope scope, BlockingBody<T> body) {
        return scope.suspend("its thread", waiter -> {
            var blocking = new BlockingScope(scope, body, waiter);
            blocking.thread.start();
            return blocking::interrupt;
        });
    }

    /**
     * Starts a wait on the loop and blocks until it has ended.
     *
     * @param wait called on the loop with the scope of this task
     * @return the value of the future
     * @throws CancelledException if the task is being cancelled
     * @throws IllegalStateException on another thread than the task's
     * @throws Exception the failure of the future
     */
    public <R> @Nullable R await(Function<Scope, Future<R>> wait) throws Exception {
        Objects.requireNonNull(wait, "a wait");
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException(scope.task() + " waits on its own thread only");
        }
        var ended = new CompletableFuture<Future<R>>();
        Future<R> end;
        synchronized (guard) {
            if (cancelled != null) {
                throw new CancelledException(cancelled);
            }
            waitsForLoop = true;
        }
        try {
            scope.loop().execute(() -> begin(wait, ended));
            // join() ignores interrupts: an interrupt is not meant for this wait, and its flag is kept for the code
            // that follows.
            end = ended.join();
        } finally {
            synchronized (guard) {
                waitsForLoop = false;
                if (cancelled != null) {
                    thread.interrupt(); // the next blocking call ends at once
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

    @SuppressWarnings("ConstantValue") // waits are users' code and may return null
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

    /** Whether the task is being cancelled; for long computations to poll. Safe on any thread. */
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

    /** Interrupts the thread on cancel. The wait for the thread ends only when its code has returned. */
    private boolean interrupt(CancelReason reason) {
        synchronized (guard) {
            cancelled = reason;
            if (!waitsForLoop && !isOver) {
                thread.interrupt();
            }
        }
        return false;
    }

    /** Creates a virtual thread if the JVM has them, else a daemon platform thread. By reflection, as the code is compiled for Java 17. */
    private static Thread unstarted(String name, Runnable work) {
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
