package dev.muster.connect;

import dev.muster.connect.WorkPool.Work;
import dev.muster.loop.Loop;
import dev.muster.loop.OutOfMemory;
import dev.muster.loop.Timer;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Scope;
import dev.muster.task.Tasks;
import dev.muster.task.Waiter;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A slot of a {@link WorkPool} together with its work: taken on the loop, carried to the pool, begun there.
 *
 * <p>{@link #begin} and {@link #refuse} are safe on any thread. The first of the two calls wins.
 */
public final class WorkTicket implements StopSignal {
    private static final Logger LOG = LoggerFactory.getLogger(WorkTicket.class);

    enum Phase {
        CARRIED,
        QUEUED,
        RUNNING,
        OVER
    }

    /** Guarded by the pool. */
    Phase phase = Phase.CARRIED;

    /** Whether the wait ended while the work was still running. Guarded by the pool. */
    boolean abandoned;

    private final WorkPool pool;
    private final String what;
    private final Scope scope;
    private final Receipts receipts;
    private final String target;
    private final Loop loop;
    private final Work<?> work;
    private final Waiter<@Nullable Object> waiter;
    private volatile boolean stopped;
    private @Nullable Thread thread;
    private @Nullable Timer grace;
    private @Nullable CancelReason reason;
    private Receipts.@Nullable Open receipt;

    WorkTicket(
            WorkPool pool,
            Scope scope,
            Receipts receipts,
            String target,
            String what,
            Work<?> work,
            Waiter<@Nullable Object> waiter) {
        this.pool = pool;
        this.scope = scope;
        this.receipts = receipts;
        this.target = target;
        this.what = what;
        this.loop = scope.loop();
        this.work = work;
        this.waiter = waiter;
    }

    /** Starts the work, or queues it behind the others. Does nothing if the ticket was refused or taken back. */
    public void begin() {
        pool.begin(this);
    }

    /** Frees the slot and fails the wait. Does nothing once the work has begun. */
    public void refuse(Throwable failure) {
        if (pool.takeBack(this, Phase.CARRIED)) {
            waiter.fail(failure);
        }
    }

    @Override
    public boolean isStopped() {
        return stopped;
    }

    @Override
    public String toString() {
        return what;
    }

    /**
     * Runs the work on a thread of the pool. Anything it throws, including an error of the JVM, fails the wait.
     *
     * @return the ticket this thread runs next, or null
     */
    @Nullable
    WorkTicket run() {
        Object value = null;
        Throwable failure = null;
        synchronized (this) {
            thread = Thread.currentThread();
        }
        try {
            throwIfStopped();
            value = Tasks.callAs(waiter.task(), () -> work.run(this));
        } catch (Throwable t) {
            OutOfMemory.check(t);
            failure = t;
        } finally {
            synchronized (this) {
                thread = null;
                // A late interrupt must not reach the next work on this thread.
                Thread.interrupted();
            }
        }
        WorkTicket next = pool.ended(this);
        Object result = value;
        Throwable thrown = failure;
        try {
            loop.execute(() -> deliver(result, thrown));
        } catch (RejectedExecutionException e) {
            LOG.debug("{} ended after its loop had been closed", what);
        }
        return next;
    }

    void interrupt() {
        stopped = true;
        synchronized (this) {
            if (thread != null) {
                thread.interrupt();
            }
        }
    }

    void fail(Throwable failure) {
        waiter.fail(failure);
    }

    /**
     * Cancels the work. Waiting work ends at once; running work ends the wait when it ends or the grace period is over. Runs on the
     * loop.
     */
    boolean undo(CancelReason why) {
        reason = why;
        if (pool.takeBack(this, Phase.CARRIED, Phase.QUEUED)) {
            Receipts.notSent(scope, target, why);
            return true;
        }
        receipt = receipts.begin(scope, target, why);
        grace = loop.schedule(pool.grace(), () -> Tasks.runAs(waiter.task(), this::abandon));
        interrupt();
        return false;
    }

    private void deliver(@Nullable Object value, @Nullable Throwable failure) {
        if (grace != null) {
            grace.cancel();
            grace = null;
        }
        if (receipt != null) {
            receipt.confirmed();
        }
        if (failure == null) {
            waiter.resume(value);
        } else if (reason != null) {
            var cancelled = new CancelledException(reason);
            if (!(failure instanceof InterruptedException)) {
                cancelled.addSuppressed(failure);
            }
            waiter.fail(cancelled);
        } else if (stopped && failure instanceof InterruptedException) {
            waiter.fail(pool.closedError(what));
        } else {
            waiter.fail(failure);
        }
    }

    private void abandon() {
        grace = null;
        if (!pool.abandoned(this)) {
            return;
        }
        String detail = what + " was cancelled " + pool.grace().toMillis()
                + " ms ago and still runs; it keeps its place in the " + pool.name() + " pool until it ends";
        if (receipt != null) {
            receipt.abandoned();
        }
        waiter.fail(new MusterException(ErrorType.FUNCTION, detail));
    }
}
