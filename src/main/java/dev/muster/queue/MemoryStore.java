package dev.muster.queue;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A store whose jobs live and die with the process.
 *
 * <p>A job costs logarithmic time at each change, and futures are complete when they are given. Jobs that are done or
 * cancelled are counted, not kept; of dead ones as many are kept as may wait (and as many bytes), the oldest are dropped
 * first. One timer stands for all that time will bring. On the loop only.
 */
public final class MemoryStore implements JobStore {

    private static final String LEASE_RAN_OUT = "{\"type\":\"timeout\",\"detail\":\"the lease ran out\"}";

    private final Loop loop;
    private final QueueSettings settings;
    private final LongUnaryOperator jitter;
    private final Map<String, StoredJob> byId = new HashMap<>();
    private final Map<String, StoredJob> byUnique = new HashMap<>();
    private final IndexedHeap<StoredJob> scheduled = new IndexedHeap<>(StoredJob::compareDue);
    private final IndexedHeap<StoredJob> leased = new IndexedHeap<>(StoredJob::compareExpiry);
    private final ReadyJobs ready;
    private final DeadJobs dead;
    private final StoreHints hints;

    private long numbers;
    private long leases;
    private long bytes;
    private long done;
    private long cancelled;
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
     * With another jitter.
     *
     * @param jitter makes of the longest pause, in nanoseconds, the one to make
     */
    MemoryStore(Loop loop, QueueSettings settings, LongUnaryOperator jitter) {
        this.loop = loop;
        this.settings = settings;
        this.jitter = jitter;
        this.ready = new ReadyJobs(settings);
        this.dead = new DeadJobs(settings);
        this.hints = new StoreHints(loop, this::room, () -> !paused && ready.canTake(), this::isIdle);
    }

    @Override
    public void listen(Listener listener) {
        hints.listen(listener);
    }

    @Override
    public Future<List<PutResult>> put(List<NewJob> jobs) {
        return now(nanos -> {
            Instant created = loop.wallTime();
            List<PutResult> results = new ArrayList<>(jobs.size());
            boolean isFull = false;
            for (NewJob job : jobs) {
                PutResult result = putOne(job, isFull, created, nanos);
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
            if (paused || !ready.canTake()) {
                return List.of();
            }
            long leaseNanos = settings.lease().toNanos();
            Instant expires = loop.wallTime().plusNanos(leaseNanos);
            List<Job> jobs = new ArrayList<>(Math.min(max, ready.size()));
            while (jobs.size() < max) {
                StoredJob job = ready.take(nanos);
                if (job == null) {
                    break;
                }
                job.state = JobState.LEASED;
                job.attempt++;
                job.lease = Long.toString(++leases);
                job.expires = expires;
                job.expiresNanos = nanos + leaseNanos;
                leased.add(job);
                jobs.add(job.leased());
            }
            return jobs;
        });
    }

    @Override
    public Future<List<Settled>> settle(List<Settle> batch) {
        return now(nanos -> {
            List<Settled> results = new ArrayList<>(batch.size());
            for (Settle one : batch) {
                StoredJob job = byId.get(one.id());
                boolean isHeld =
                        job != null && job.state == JobState.LEASED && job.lease.equals(one.lease());
                results.add(isHeld ? settle(job, one, nanos) : Settled.STALE);
            }
            return results;
        });
    }

    @Override
    public Future<List<CancelVerdict>> cancel(List<String> ids) {
        return now(nanos -> ids.stream().map(id -> cancel(id, nanos)).toList());
    }

    @Override
    public Future<Integer> redrive(int max) {
        return now(nanos -> {
            long most = Math.min(max, settings.size() - waiting());
            int count = 0;
            for (StoredJob job : dead.oldest()) {
                if (count >= most || bytes + job.bytes > settings.bytes()) {
                    break;
                }
                if (job.unique != null && byUnique.putIfAbsent(job.unique, job) != null) {
                    continue;
                }
                dead.remove(job);
                bytes += job.bytes;
                job.attempt = 0;
                makeReady(job, nanos, nanos);
                count++;
            }
            return count;
        });
    }

    @Override
    public Future<Optional<JobView>> find(String id) {
        return now(nanos -> Optional.ofNullable(byId.get(id)).map(job -> job.view(loop.wallTime(), nanos)));
    }

    @Override
    public Future<QueueStatus> status() {
        return now(nanos -> new QueueStatus(settings.name(), settings.store(), settings.size(), counts(), paused, closed));
    }

    @Override
    public Future<Void> turn(Switch which, boolean on) {
        return now(nanos -> {
            if (which == Switch.CLOSED) {
                closed = on;
            } else {
                if (paused && !on && ready.canTake()) {
                    hints.jobsReady();
                }
                paused = on;
            }
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
        byId.clear();
        byUnique.clear();
        return Future.succeededFuture();
    }

    /** How many dead jobs were dropped for want of room. */
    public long dropped() {
        return dead.dropped();
    }

    private interface Operation<T extends @Nullable Object> {
        T at(long nanos);
    }

    /** Brings up to date what time has brought about, does it, and sees to what time will bring. */
    private <T extends @Nullable Object> Future<T> now(Operation<T> operation) {
        if (!loop.inLoop()) {
            throw new IllegalStateException("the store of the queue \"" + settings.name() + "\" belongs to " + loop);
        }
        if (ended) {
            return Future.failedFuture(new QueueException(
                    QueueException.Kind.ENDED, "the store of the queue \"" + settings.name() + "\" has ended"));
        }
        long nanos = loop.nanos();
        bringUpTo(nanos);
        T result = operation.at(nanos);
        arm();
        if (ready.hasGrown()) {
            hints.jobsReady();
        }
        hints.tellLater();
        return Future.succeededFuture(result);
    }

    private PutResult putOne(NewJob put, boolean isFull, Instant created, long nanos) {
        if (closed) {
            return PutResult.CLOSED;
        }
        StoredJob existing = put.unique() == null ? null : byUnique.get(put.unique());
        if (existing != null) {
            return PutResult.existing(existing.id);
        }
        if (isFull || waiting() >= settings.size()) {
            hints.wantRoom();
            return PutResult.FULL;
        }
        var job = new StoredJob(numbers + 1, put, created);
        if (bytes + job.bytes > settings.bytes()) {
            hints.wantRoom();
            return PutResult.FULL;
        }
        numbers++;
        bytes += job.bytes;
        byId.put(job.id, job);
        if (job.unique != null) {
            byUnique.put(job.unique, job);
        }
        if (put.delay().isZero()) {
            makeReady(job, nanos, nanos);
        } else {
            schedule(job, nanos + put.delay().toNanos());
        }
        return PutResult.accepted(job.id);
    }

    private Settled settle(StoredJob job, Settle one, long nanos) {
        if (one instanceof Settle.Ack) {
            leave(job, nanos);
            return forget(job, JobState.DONE);
        }
        if (one instanceof Settle.Release) {
            leave(job, nanos);
            if (job.cancelAsked) {
                return forget(job, JobState.CANCELLED);
            }
            job.attempt--;
            makeReady(job, job.readyNanos, nanos);
            return Settled.to(JobState.READY);
        }
        if (one instanceof Settle.Fail failure) {
            job.error = failure.error();
            leave(job, nanos);
            return tryAgain(job, failure, nanos);
        }
        if (one instanceof Settle.Checkpoint checkpoint) {
            job.checkpoint = checkpoint.checkpoint();
            return Settled.kept(job.expires);
        }
        return extend(job, (Settle.Extend) one, nanos);
    }

    private Settled extend(StoredJob job, Settle.Extend extension, long nanos) {
        if (job.cancelAsked) {
            return Settled.CANCEL_ASKED;
        }
        long longerNanos = nanos + extension.by().toNanos() - job.expiresNanos;
        if (longerNanos > 0) {
            leased.remove(job);
            job.expiresNanos += longerNanos;
            job.expires = loop.wallTime().plus(extension.by());
            leased.add(job);
        }
        return Settled.kept(job.expires);
    }

    /** After a try that was not the job's end; {@code failure} is null if its lease ran out. */
    private Settled tryAgain(StoredJob job, Settle.@Nullable Fail failure, long nanos) {
        if (job.cancelAsked) {
            return forget(job, JobState.CANCELLED);
        }
        if (failure != null && failure.giveUp() || job.attempt > settings.retries()) {
            bury(job, nanos);
            return Settled.to(JobState.DEAD);
        }
        long pauseNanos = failure != null && failure.retryIn() != null
                ? failure.retryIn().toNanos()
                : jitter.applyAsLong(settings.backoff().longestAfter(job.attempt).toNanos());
        schedule(job, nanos + pauseNanos);
        return Settled.to(JobState.SCHEDULED);
    }

    private CancelVerdict cancel(String id, long nanos) {
        StoredJob job = byId.get(id);
        if (job == null) {
            return isOneOfMine(id) ? CancelVerdict.FINISHED : CancelVerdict.MISSING;
        }
        switch (job.state) {
            case SCHEDULED -> scheduled.remove(job);
            case READY -> ready.remove(job, nanos);
            case LEASED -> {
                if (!job.cancelAsked) {
                    job.cancelAsked = true;
                    hints.cancelAsked(id, job.lease);
                }
                return CancelVerdict.ASKED;
            }
            default -> {
                return CancelVerdict.FINISHED;
            }
        }
        forget(job, JobState.CANCELLED);
        return CancelVerdict.CANCELLED;
    }

    /** Whether a job of this id was there once. */
    private boolean isOneOfMine(String id) {
        try {
            long number = Long.parseLong(id);
            return number >= 1 && number <= numbers && Long.toString(number).equals(id);
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private void makeReady(StoredJob job, long sinceNanos, long nanos) {
        job.state = JobState.READY;
        job.readyNanos = sinceNanos;
        ready.add(job, nanos);
    }

    private void schedule(StoredJob job, long dueNanos) {
        job.state = JobState.SCHEDULED;
        job.readyNanos = dueNanos;
        scheduled.add(job);
    }

    /** Ends the lease. */
    private void leave(StoredJob job, long nanos) {
        leased.remove(job);
        job.lease = "";
        ready.leaseEnded(job, nanos);
    }

    private Settled forget(StoredJob job, JobState as) {
        if (as == JobState.DONE) {
            done++;
        } else {
            cancelled++;
        }
        job.state = as;
        byId.remove(job.id);
        finish(job);
        return Settled.to(as);
    }

    private void bury(StoredJob job, long nanos) {
        job.state = JobState.DEAD;
        job.diedNanos = nanos;
        finish(job);
        dead.add(job);
        dead.trim(old -> byId.remove(old.id));
    }

    private void finish(StoredJob job) {
        bytes -= job.bytes;
        if (job.unique != null) {
            byUnique.remove(job.unique);
        }
        hints.finished();
    }

    private void bringUpTo(long nanos) {
        for (StoredJob job = leased.first(); job != null && job.expiresNanos <= nanos; job = leased.first()) {
            job.error = LEASE_RAN_OUT;
            leave(job, nanos);
            tryAgain(job, null, nanos);
        }
        for (StoredJob job = scheduled.first(); job != null && job.readyNanos <= nanos; job = scheduled.first()) {
            scheduled.remove(job);
            makeReady(job, job.readyNanos, nanos);
        }
        ready.wake(nanos);
        dead.expire(nanos, old -> byId.remove(old.id));
    }

    /** Sees that the timer goes off no later than the first thing that time brings. It may go off in vain. */
    private void arm() {
        long nextNanos = Math.min(ready.wakesAtNanos(), dead.expiresAtNanos());
        StoredJob due = scheduled.first();
        StoredJob expiring = leased.first();
        nextNanos = due == null ? nextNanos : Math.min(nextNanos, due.readyNanos);
        nextNanos = expiring == null ? nextNanos : Math.min(nextNanos, expiring.expiresNanos);
        if (nextNanos == Long.MAX_VALUE || timer != null && timerNanos <= nextNanos) {
            return;
        }
        if (timer != null) {
            timer.cancel();
        }
        timerNanos = nextNanos;
        timer = loop.schedule(nextNanos - loop.nanos(), () -> {
            timer = null;
            now(nanos -> null);
        });
    }

    private long waiting() {
        return scheduled.size() + (long) ready.size();
    }

    private long room() {
        return bytes >= settings.bytes() ? 0 : settings.size() - waiting();
    }

    private boolean isIdle() {
        return waiting() == 0 && leased.isEmpty();
    }

    private QueueCounts counts() {
        return new QueueCounts(scheduled.size(), ready.size(), leased.size(), done, dead.size(), cancelled);
    }
}
