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
 * A bounded number of places, shared by every loop of the node, with a bounded line of tasks that wait for one.
 *
 * <p>First come, first served, whatever loop they are on. It stands before a client's own pool, because a request that
 * waits inside that pool cannot be cancelled. Any thread may release; the line is kept under a lock that is held for a
 * few instructions, and nobody's code runs under it.
 */
public final class Slots {

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
     * Free places.
     *
     * @param source whose they are, for messages
     * @param size how many; the setting {@code pool}
     * @param maxWaiting how many tasks may wait; the setting {@code maxWaiting}
     * @param waitTimeout how long each may; the setting {@code waitTimeout}
     */
    public Slots(String source, int size, int maxWaiting, Duration waitTimeout) {
        if (size < 1 || maxWaiting < 0) {
            throw new IllegalArgumentException("a pool has at least one place and no negative line");
        }
        this.source = source;
        this.size = size;
        this.maxWaiting = maxWaiting;
        this.waitTimeout = waitTimeout;
    }

    /**
     * What can be told of a pool at one moment.
     *
     * @param size its places
     * @param inUse places that are taken
     * @param waiting tasks in the line
     * @param maxWaiting how long the line may be
     * @param granted places given since the beginning
     * @param refused tasks that found the line full
     * @param timedOut tasks that waited for too long
     */
    public record Statistics(
            int size, int inUse, int waiting, int maxWaiting, long granted, long refused, long timedOut) {}

    /** A place that is taken until it is released, by any thread. */
    public final class Slot {
        private final AtomicBoolean released = new AtomicBoolean();

        private Slot() {}

        /** Gives the place to the first in the line, or back. The second call does nothing. */
        public void release() {
            if (released.compareAndSet(false, true)) {
                pass();
            }
        }
    }

    /** A place, if one is free and nobody waits. */
    public Optional<Slot> tryAcquire() {
        synchronized (lock) {
            return take() ? Optional.of(new Slot()) : Optional.empty();
        }
    }

    /**
     * A place, after those who came before. Whoever gets one must release it, in a scope that was cancelled meanwhile too.
     * On the scope's loop.
     *
     * @return failed with {@link ErrorType#UNAVAILABLE} if the line is full or the wait was too long
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

    /** What can be told at this moment. From any thread. */
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

    /** Hands a place on. Its number in use stays the same when somebody waits, so that nobody can slip in between. */
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
     * The task is cancelled. A place that is on its way from another thread finds the wait over and would be lost, so
     * it is handed on; the one that arrives is then an empty shell.
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

    /** A place in the line. All but the waiter and the timer is guarded by the lock; the timer belongs to the loop. */
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
