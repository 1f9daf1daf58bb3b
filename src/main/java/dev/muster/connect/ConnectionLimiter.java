package dev.muster.connect;

import dev.muster.config.Durations;
import dev.muster.loop.Timer;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.sync.Line;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Scope;
import dev.muster.task.Waiter;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The connection limiter: a bounded number of slots, shared by all loops of the node, with a bounded FIFO queue of waiting tasks.
 *
 * <p>Tasks are served in order of arrival, whichever loop they run on. The limiter stands before the client's own pool because a
 * request waiting inside that pool cannot be cancelled. Any thread can release a slot. A lock that is held for a few instructions
 * guards the queue, and no foreign code runs under it.
 */
public final class ConnectionLimiter {

    private final String source;
    private final int size;
    private final int maxWaiting;
    private final Duration waitTimeout;

    private final Object lock = new Object();
    private final Line<Ticket> line = new Line<>();
    private int inUse;
    private long granted;
    private long refused;
    private long timedOut;

    /**
     * Creates a limiter with all slots free.
     *
     * @param source name of the source, for messages
     * @param size number of slots; the setting {@code pool}
     * @param maxWaiting maximum number of waiting tasks; the setting {@code maxWaiting}
     * @param waitTimeout maximum time a task waits; the setting {@code waitTimeout}
     */
    public ConnectionLimiter(String source, int size, int maxWaiting, Duration waitTimeout) {
        if (size < 1 || maxWaiting < 0) {
            throw new IllegalArgumentException("a pool needs at least 1 place and a queue length of at least 0");
        }
        this.source = source;
        this.size = size;
        this.maxWaiting = maxWaiting;
        this.waitTimeout = waitTimeout;
    }

    /**
     * A snapshot of a limiter.
     *
     * @param size number of slots
     * @param inUse slots in use
     * @param waiting tasks in the queue
     * @param maxWaiting maximum length of the queue
     * @param granted slots granted since the start
     * @param refused tasks rejected because the queue was full, since the start
     * @param timedOut tasks that waited longer than the limit, since the start
     */
    public record Statistics(
            int size, int inUse, int waiting, int maxWaiting, long granted, long refused, long timedOut) {}

    /** A slot in use until it is released. Any thread can release it. */
    public final class Slot {
        private final AtomicBoolean released = new AtomicBoolean();

        private Slot() {}

        /** Passes the slot to the first waiting task, or makes it free. A second call does nothing. */
        public void release() {
            if (released.compareAndSet(false, true)) {
                pass();
            }
        }
    }

    /** Acquires a slot if one is free and no task is waiting. Safe on any thread. */
    public Optional<Slot> tryAcquire() {
        synchronized (lock) {
            return take() ? Optional.of(new Slot()) : Optional.empty();
        }
    }

    /**
     * Waits for a slot behind the tasks that arrived earlier. The receiver must release the slot, even if its scope was cancelled
     * in the meantime. Runs on the scope's loop.
     *
     * @return failed with {@link ErrorType#UNAVAILABLE} if the queue is full or the wait exceeds the limit
     */
    public Future<Slot> acquire(Scope scope) {
        CancelReason cancelled = scope.cancelReason();
        if (cancelled != null) {
            return Future.failedFuture(new CancelledException(cancelled));
        }
        Optional<Slot> free = tryAcquire();
        if (free.isPresent()) {
            return Future.succeededFuture(free.get());
        }
        var ticket = new Ticket();
        return scope.<Slot>suspend("a place in the pool of " + source, waiter -> {
                    park(scope, waiter, ticket);
                    return reason -> {
                        Receipts.notSent(scope, source, reason);
                        return leave(ticket);
                    };
                })
                .onComplete(ended -> ticket.stopTimer());
    }

    /** A snapshot of the limiter. Safe on any thread. */
    public Statistics statistics() {
        synchronized (lock) {
            return new Statistics(size, inUse, line.size(), maxWaiting, granted, refused, timedOut);
        }
    }

    private void park(Scope scope, Waiter<Slot> waiter, Ticket ticket) {
        ticket.waiter = waiter;
        boolean free;
        boolean full;
        synchronized (lock) {
            free = take();
            full = !free && line.size() >= maxWaiting;
            if (full) {
                refused++;
            } else if (!free) {
                line.append(ticket);
            }
        }
        if (free) {
            waiter.resume(new Slot());
        } else if (full) {
            waiter.fail(unavailable("the pool of source " + source + " is full", "maxWaiting"));
        } else {
            ticket.timer = scope.loop().schedule(waitTimeout, () -> expire(ticket));
        }
    }

    private boolean take() {
        if (inUse == size || line.first() != null) {
            return false;
        }
        inUse++;
        granted++;
        return true;
    }

    /** Passes a slot on. If a task is waiting, the slot counts as in use throughout, so that no later task can take it first. */
    private void pass() {
        Ticket next;
        Slot slot = null;
        synchronized (lock) {
            next = line.first();
            if (next == null) {
                inUse--;
            } else {
                line.remove(next);
                granted++;
                slot = new Slot();
                next.slot = slot;
            }
        }
        if (next != null && next.waiter != null) {
            next.waiter.resume(slot);
        }
    }

    /**
     * Removes a cancelled task. A slot that another thread has granted but not yet delivered would be lost with the wait, so it
     * passes to the next task; delivering it to the cancelled task then has no effect.
     */
    private boolean leave(Ticket ticket) {
        Slot onItsWay;
        synchronized (lock) {
            onItsWay = ticket.slot;
            if (onItsWay == null) {
                line.remove(ticket);
            }
        }
        if (onItsWay != null) {
            onItsWay.release();
        }
        return true;
    }

    private void expire(Ticket ticket) {
        synchronized (lock) {
            if (!line.contains(ticket)) {
                return;
            }
            line.remove(ticket);
            timedOut++;
        }
        if (ticket.waiter != null) {
            String within = " within " + Durations.format(waitTimeout);
            ticket.waiter.fail(unavailable("no place in the pool of source " + source + within, "waitTimeout"));
        }
    }

    private MusterException unavailable(String what, String setting) {
        Statistics now = statistics();
        return new MusterException(
                ErrorType.UNAVAILABLE,
                what + ": " + now.inUse() + " in use, " + now.waiting() + " waiting (pool, " + setting + ")");
    }

    /**
     * A waiting task. The lock guards its queue links and its slot; the waiter is set before it is queued; the timer belongs to the
     * loop.
     */
    private static final class Ticket extends Line.Place<Ticket> {
        private @Nullable Waiter<Slot> waiter;
        private @Nullable Timer timer;
        private @Nullable Slot slot;

        void stopTimer() {
            if (timer != null) {
                timer.cancel();
                timer = null;
            }
        }
    }
}
