package dev.muster.connect;

import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bounded pool for work off the loop: so many at once, so many waiting, and a clear refusal beyond that.
 *
 * <p>A cancel takes waiting work back at once. Work that runs is interrupted and told by its {@link StopSignal}; the task
 * waits until it has really ended, but not longer than the grace: then it goes on with an error, and the work keeps its
 * place and is counted as abandoned until it ends. Threads are daemons and are made when needed. {@link #submit} belongs on
 * the loop of its scope; all the rest may be called from any thread.
 */
public final class WorkPool {
    private static final Logger LOG = LoggerFactory.getLogger(WorkPool.class);

    private final PoolSettings settings;
    private final Executor threads;
    private final Receipts receipts;
    private final ArrayDeque<WorkTicket> line = new ArrayDeque<>();
    private final Set<WorkTicket> running = new HashSet<>();
    private final Promise<Void> idle = Promise.promise();
    private int carried;
    private int abandoned;
    private long done;
    private long refused;
    private boolean closed;

    /**
     * What a pool is doing.
     *
     * @param threads how many may run at once
     * @param running those that run, abandoned ones included
     * @param waiting those that wait for a thread
     * @param abandoned those that still run although their task has gone on
     * @param done those that have ended, however they did
     * @param refused those for which there was no place
     * @param cancels how the cancels of the pool's own work ended; that of sources is counted by them
     */
    public record Statistics(
            int threads,
            int running,
            int waiting,
            int abandoned,
            long done,
            long refused,
            Receipts.Statistics cancels) {}

    /** A pool with these settings; it starts no thread yet. */
    public WorkPool(PoolSettings settings) {
        this.settings = settings;
        this.receipts = new Receipts(settings.name());
        String prefix = "muster-" + settings.name();
        this.threads = settings.virtual() ? WorkThreads.virtualOr(prefix) : WorkThreads.platform(prefix);
    }

    /** The pool's name. */
    public String name() {
        return settings.name();
    }

    /** Does work of the pool's own, carried straight to it. */
    public <T> Future<@Nullable T> submit(Scope scope, String what, Work<T> work) {
        return submit(scope, receipts, name(), what, work, WorkTicket::begin);
    }

    /** Does work for a target that is no source: its cancels are counted by the pool. */
    public <T> Future<@Nullable T> submit(Scope scope, String target, Work<T> work, Consumer<WorkTicket> carrier) {
        return submit(scope, receipts, target, target, work, carrier);
    }

    /** Does work of a source, carried straight to the pool. */
    public <T> Future<@Nullable T> submit(Scope scope, Receipts source, String what, Work<T> work) {
        return submit(scope, source, source.source(), what, work, WorkTicket::begin);
    }

    /**
     * Does work and gives its result. What the work throws is the failure, an {@link Error} too.
     *
     * @param receipts who counts its cancels
     * @param target what their receipts name
     * @param what the work in a word or two, for those who look at the task and for messages
     * @param carrier takes the ticket to where it is {@linkplain WorkTicket#begin begun}; called on the loop
     * @return failed with {@link ErrorType#UNAVAILABLE} where there is no place
     */
    @SuppressWarnings("unchecked") // the waiter is resumed with what the work gave, and with nothing else
    private <T> Future<@Nullable T> submit(
            Scope scope, Receipts receipts, String target, String what, Work<T> work, Consumer<WorkTicket> carrier) {
        Future<@Nullable Object> end = scope.suspend(what, waiter -> {
            var ticket = new WorkTicket(this, scope, receipts, target, what, work, waiter);
            take(what);
            try {
                carrier.accept(ticket);
            } catch (RuntimeException e) {
                ticket.refuse(e);
            }
            return ticket::undo;
        });
        return (Future<@Nullable T>) (Future<?>) end;
    }

    /** What the pool is doing. */
    public synchronized Statistics statistics() {
        return new Statistics(
                settings.threads(),
                running.size(),
                carried + line.size(),
                abandoned,
                done,
                refused,
                receipts.statistics());
    }

    /**
     * Refuses new work, fails what waits and interrupts what runs. Completes when all has ended, or after the grace: what
     * still runs then is named in the log. A second call does the same.
     */
    public Future<Void> close(Loop loop) {
        List<WorkTicket> waiting;
        synchronized (this) {
            closed = true;
            waiting = List.copyOf(line);
            line.clear();
            waiting.forEach(ticket -> ticket.phase = WorkTicket.Phase.OVER);
            running.forEach(WorkTicket::interrupt);
            WorkThreads.close(threads);
            if (running.isEmpty()) {
                idle.tryComplete();
            }
        }
        waiting.forEach(ticket -> ticket.fail(closedError(ticket.toString())));
        Promise<Void> end = Promise.promise();
        loop.execute(() -> {
            var timer = loop.schedule(settings.grace(), () -> end.tryComplete());
            idle.future()
                    .onComplete(ended -> loop.execute(() -> {
                        timer.cancel();
                        end.tryComplete();
                    }));
        });
        return end.future().onComplete(ended -> tellLeftovers());
    }

    Duration grace() {
        return settings.grace();
    }

    private synchronized void take(String what) {
        if (closed) {
            throw closedError(what);
        }
        // Every ticket has a place from here on, so that neither the way to the pool nor its line can overflow.
        if (carried + line.size() + running.size() >= settings.threads() + settings.waiting()) {
            refused++;
            throw new MusterException(
                    ErrorType.UNAVAILABLE,
                    what + ": no place in the " + name() + " pool: " + running.size() + " of " + settings.threads()
                            + " threads run and " + (carried + line.size())
                            + " wait (server.limits." + name() + "Threads, server.limits." + name()
                            + "Waiting); try again later or raise them");
        }
        carried++;
    }

    void begin(WorkTicket ticket) {
        MusterException failure = null;
        synchronized (this) {
            if (ticket.phase != WorkTicket.Phase.CARRIED) {
                return;
            }
            carried--;
            if (closed) {
                ticket.phase = WorkTicket.Phase.OVER;
                failure = closedError(ticket.toString());
            } else if (running.size() < settings.threads()) {
                failure = start(ticket);
            } else {
                ticket.phase = WorkTicket.Phase.QUEUED;
                line.addLast(ticket);
            }
        }
        if (failure != null) {
            ticket.fail(failure);
        }
    }

    private @Nullable MusterException start(WorkTicket ticket) {
        running(ticket);
        try {
            threads.execute(() -> runAll(ticket));
            return null;
        } catch (OutOfMemoryError e) {
            // Says that the system gives no further thread.
            running.remove(ticket);
            ticket.phase = WorkTicket.Phase.OVER;
            return new MusterException(ErrorType.UNAVAILABLE, ticket + ": the system gives no further thread", e);
        }
    }

    private void running(WorkTicket ticket) {
        ticket.phase = WorkTicket.Phase.RUNNING;
        running.add(ticket);
    }

    private static void runAll(WorkTicket first) {
        for (WorkTicket ticket = first; ticket != null; ) {
            ticket = ticket.run();
        }
    }

    /** Takes note of an end. Gives what the thread does next: its place never goes to one that came later. */
    synchronized @Nullable WorkTicket ended(WorkTicket ticket) {
        ticket.phase = WorkTicket.Phase.OVER;
        running.remove(ticket);
        done++;
        if (ticket.abandoned) {
            abandoned--;
        }
        WorkTicket next = line.pollFirst();
        if (next != null) {
            running(next);
        }
        if (closed && running.isEmpty()) {
            idle.tryComplete();
        }
        return next;
    }

    /** Ends a ticket that is in one of these phases; its place is free then. */
    synchronized boolean takeBack(WorkTicket ticket, WorkTicket.Phase... phases) {
        if (!EnumSet.copyOf(List.of(phases)).contains(ticket.phase)) {
            return false;
        }
        if (ticket.phase == WorkTicket.Phase.QUEUED) {
            line.remove(ticket);
        } else {
            carried--;
        }
        ticket.phase = WorkTicket.Phase.OVER;
        return true;
    }

    /** Counts a ticket as abandoned, if it still runs. */
    synchronized boolean abandoned(WorkTicket ticket) {
        if (ticket.phase != WorkTicket.Phase.RUNNING) {
            return false;
        }
        ticket.abandoned = true;
        abandoned++;
        return true;
    }

    MusterException closedError(String what) {
        return new MusterException(ErrorType.UNAVAILABLE, what + ": the " + name() + " pool is closed");
    }

    private synchronized void tellLeftovers() {
        if (!running.isEmpty()) {
            LOG.warn("the {} pool is closed, but still runs: {}", name(), running);
        }
    }
}
