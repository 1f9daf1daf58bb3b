package dev.muster.queue;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongFunction;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job store in the memory of the process: its jobs are lost when the process ends.
 *
 * <p>Runs on the loop only; every future is complete when it is returned. Each change of a job takes logarithmic time. Done and
 * cancelled jobs are counted, not kept. Dead jobs are kept up to the size and the bytes that bound the waiting jobs; the oldest
 * are dropped first. One timer serves all pending changes.
 */
public final class MemoryStore implements JobStore {

    private static final Logger LOG = LoggerFactory.getLogger(MemoryStore.class);

    private final Loop loop;
    private final QueueSettings settings;
    private final StoreHints hints;
    private final MemoryJobs jobs;
    private boolean paused;
    private boolean closed;
    private boolean ended;
    private @Nullable Timer timer;
    private long timerNanos;

    /** An empty store for a queue. */
    public MemoryStore(Loop loop, QueueSettings settings) {
        this(loop, settings, longest -> ThreadLocalRandom.current().nextLong(longest + 1));
    }

    /**
     * An empty store with a given jitter.
     *
     * @param jitter returns the pause to make, in nanoseconds, from the longest pause
     */
    MemoryStore(Loop loop, QueueSettings settings, LongUnaryOperator jitter) {
        this(loop, settings, jitter, MemoryLeases.randomTokens());
    }

    /**
     * An empty store with a given jitter and given leases.
     *
     * @param leases returns a new lease on each call
     */
    MemoryStore(Loop loop, QueueSettings settings, LongUnaryOperator jitter, Supplier<String> leases) {
        this.loop = loop;
        this.settings = settings;
        this.hints = new StoreHints(loop);
        this.jobs = new MemoryJobs(settings, jitter, leases, loop.wallTime(), hints);
        hints.of(jobs);
    }

    @Override
    public void listen(Listener listener) {
        hints.listen(listener);
    }

    @Override
    public Future<List<PutResult>> put(List<NewJob> batch) {
        return now(nanos -> {
            Instant created = loop.wallTime();
            List<PutResult> results = new ArrayList<>(batch.size());
            boolean isFull = false;
            for (NewJob job : batch) {
                PutResult result = closed ? PutResult.CLOSED : jobs.put(job, isFull, created, nanos);
                isFull |= result == PutResult.FULL;
                results.add(result);
            }
            return results;
        });
    }

    @Override
    public Future<List<Job>> take(int max) {
        if (max < 1) {
            throw new IllegalArgumentException("a take asks for at least 1 job, not " + max);
        }
        return now(nanos -> {
            if (paused || !jobs.canTake()) {
                return List.of();
            }
            Instant now = loop.wallTime();
            List<Job> taken = new ArrayList<>(Math.min(max, jobs.ready()));
            Job job = jobs.lease(now, nanos);
            while (job != null) {
                taken.add(job);
                job = taken.size() < max ? jobs.lease(now, nanos) : null;
            }
            return taken;
        });
    }

    @Override
    public Future<List<Settled>> settle(List<Settle> batch) {
        return now(nanos -> {
            Instant now = loop.wallTime();
            List<Settled> results = new ArrayList<>(batch.size());
            batch.forEach(settle -> results.add(jobs.settle(settle, now, nanos)));
            return results;
        });
    }

    @Override
    public Future<List<CancelVerdict>> cancel(List<String> ids) {
        return now(nanos -> ids.stream().map(id -> jobs.cancel(id, nanos)).toList());
    }

    @Override
    public Future<Integer> redrive(int max) {
        return now(nanos -> jobs.redrive(max, nanos));
    }

    @Override
    public Future<RedriveVerdict> redrive(String id) {
        return now(nanos -> jobs.redrive(id, nanos));
    }

    @Override
    public Future<List<Job.View>> list(JobState state, @Nullable String after, int limit) {
        return now(nanos -> jobs.list(state, after, limit).stream()
                .map(job -> job.view(loop.wallTime(), nanos))
                .toList());
    }

    @Override
    public Future<Optional<Job.View>> find(String id) {
        return now(nanos -> Optional.ofNullable(jobs.view(id, loop.wallTime(), nanos)));
    }

    @Override
    public Future<QueueStatus> status() {
        return now(nanos ->
                new QueueStatus(settings.name(), settings.store(), settings.size(), jobs.counts(), paused, closed));
    }

    @Override
    public Future<Void> pause() {
        return now(nanos -> {
            paused = true;
            return null;
        });
    }

    @Override
    public Future<Void> resume() {
        return now(nanos -> {
            if (paused && jobs.canTake()) {
                hints.jobsReady();
            }
            paused = false;
            return null;
        });
    }

    @Override
    public Future<Void> close() {
        return now(nanos -> {
            closed = true;
            hints.closed();
            return null;
        });
    }

    @Override
    public Future<Void> reopen() {
        return now(nanos -> {
            closed = false;
            return null;
        });
    }

    @Override
    public Future<Void> end() {
        ended = true;
        hints.end();
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        return Future.succeededFuture();
    }

    /** Returns how many dead jobs were dropped for lack of room. */
    public long dropped() {
        return jobs.dropped();
    }

    /** Applies the changes that are due, runs the operation, and then arms the timer and schedules the hints. */
    private <T> Future<T> now(LongFunction<@Nullable T> operation) {
        if (!loop.inLoop()) {
            throw new IllegalStateException("the store of the queue \"" + settings.name() + "\" belongs to " + loop);
        }
        if (ended) {
            return Future.failedFuture(new QueueException(
                    QueueException.Kind.ENDED, "the store of the queue \"" + settings.name() + "\" has ended"));
        }
        long nanos = loop.nanos();
        jobs.bringUpTo(nanos);
        T result = operation.apply(nanos);
        arm();
        if (jobs.hasGrown() && !paused) {
            hints.jobsReady();
        }
        hints.scheduleDelivery();
        return Future.succeededFuture(result);
    }

    /** Arms the timer for the next due change. The timer can fire without cause. */
    private void arm() {
        long nextNanos = jobs.nextNanos();
        if (nextNanos == Long.MAX_VALUE || timer != null && timerNanos <= nextNanos) {
            return;
        }
        if (timer != null) {
            timer.cancel();
        }
        timerNanos = nextNanos;
        timer = loop.schedule(nextNanos - loop.nanos(), () -> {
            timer = null;
            try {
                now(nanos -> null);
            } catch (IllegalStateException e) {
                LOG.error("the queue {} is broken, and continues without a job: {}", settings.name(), e.getMessage());
                arm();
            }
        });
    }
}
