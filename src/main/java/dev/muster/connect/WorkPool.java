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
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bounded pool for work off the loop: a maximum number running, a maximum number waiting, and an error beyond that.
 *
 * <p>A cancel removes waiting work immediately. Running work is interrupted and sees its {@link StopSignal} set. The task waits
 * until the work has ended, at most for the grace period. After that the task fails with an error, and the work keeps its slot and
 * counts as abandoned until it ends. Threads are daemons and start on demand. {@link #submit} must run on the loop of its scope;
 * all other methods are safe on any thread.
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
     * A snapshot of a pool.
     *
     * @param threads maximum number of running tasks
     * @param running tasks that are running, including abandoned ones
     * @param waiting tasks that wait for a thread
     * @param abandoned tasks still running after their caller stopped waiting
     * @param done tasks that ended, successfully or not, since the start
     * @param refused tasks rejected because the pool was full, since the start
     * @param cancels outcomes of the cancels of the pool's own work; each source counts the cancels of its own work
     */
    public record Statistics(
            int threads,
            int running,
            int waiting,
            int abandoned,
            long done,
            long refused,
            Receipts.Statistics cancels) {}

    /**
     * Work that a pool runs off the loop.
     *
     * @param <T> the type of the result
     */
    @FunctionalInterface
    public interface Work<T> {

        /**
         * Runs the work on a thread of the pool; it can block that thread. It must end soon after an interrupt or after
         * {@code stop} is set. Throwing {@link InterruptedException} is the normal way to end then.
         */
        @Nullable
        T run(StopSignal stop) throws Exception;
    }

    /** Creates a pool with these settings. No thread starts yet. */
    public WorkPool(PoolSettings settings) {
        this.settings = settings;
        this.receipts = new Receipts(settings.name());
        this.threads = settings.newThreads();
    }

    /** The name of the pool. */
    public String name() {
        return settings.name();
    }

    /** Runs work of the pool itself; the ticket goes straight to the pool. */
    public <T> Future<@Nullable T> submit(Scope scope, String what, Work<T> work) {
        return submit(scope, receipts, name(), what, work, WorkTicket::begin);
    }

    /** Runs work for a target that is not a source; the pool counts its cancels. */
    public <T> Future<@Nullable T> submit(Scope scope, String target, Work<T> work, Consumer<WorkTicket> carrier) {
        return submit(scope, receipts, target, target, work, carrier);
    }

    /** Runs work of a source; the ticket goes straight to the pool, and the source counts its cancels. */
    public <T> Future<@Nullable T> submit(Scope scope, Receipts source, String what, Work<T> work) {
        return submit(scope, source, source.source(), what, work, WorkTicket::begin);
    }

    /**
     * Runs work and returns its result. Anything the work throws, including an {@link Error}, becomes the failure.
     *
     * @param receipts counts the cancels
     * @param target the name in the receipts
     * @param what the work in a word or two, for the task's wait and for messages
     * @param carrier carries the ticket to the place where it is {@linkplain WorkTicket#begin begun}; called on the loop
     * @return failed with {@link ErrorType#UNAVAILABLE} if the pool is full or closed
     */
    @SuppressWarnings("unchecked") // the waiter resumes only with the result of the work
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

    /** A snapshot of the pool. Safe on any thread. */
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
     * Rejects new work, fails waiting work and interrupts running work. Completes when all work has ended or the grace period is
     * over; a warning names the work that is still running then. A second call does the same.
     */
    public Future<Void> close(Loop loop) {
        List<WorkTicket> waiting;
        synchronized (this) {
            closed = true;
            waiting = List.copyOf(line);
            line.clear();
            waiting.forEach(ticket -> ticket.phase = WorkTicket.Phase.OVER);
            running.forEach(WorkTicket::interrupt);
            if (threads instanceof ExecutorService service) {
                // Ends idle threads only.
                service.shutdown();
            }
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
        return end.future().onComplete(ended -> logLeftovers());
    }

    Duration grace() {
        return settings.grace();
    }

    private synchronized void take(String what) {
        if (closed) {
            throw closedError(what);
        }
        // From here on every ticket has a slot, so that neither the carrier nor the queue can overflow.
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
            // The operating system cannot create another thread.
            running.remove(ticket);
            ticket.phase = WorkTicket.Phase.OVER;
            return new MusterException(ErrorType.UNAVAILABLE, ticket + ": the system cannot start another thread", e);
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

    /** Records the end of a ticket and returns the next one for this thread, so that a later arrival cannot take the slot first. */
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

    /** Ends a ticket that is in one of these phases and frees its slot. */
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

    /** Counts a ticket as abandoned if it is still running. */
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

    private synchronized void logLeftovers() {
        if (!running.isEmpty()) {
            LOG.warn("the {} pool is closed, but still runs: {}", name(), running);
        }
    }
}
