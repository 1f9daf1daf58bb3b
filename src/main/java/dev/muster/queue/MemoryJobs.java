package dev.muster.queue;

import dev.muster.queue.JobStore.CancelVerdict;
import dev.muster.queue.JobStore.RedriveVerdict;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The jobs of a memory queue and their state changes. The caller passes in the current time of each operation. */
final class MemoryJobs {

    private static final String LEASE_RAN_OUT = "{\"type\":\"timeout\",\"detail\":\"the lease ran out\"}";

    private final QueueSettings settings;
    private final LongUnaryOperator jitter;
    private final StoreHints hints;
    private final Map<String, StoredJob> byId = new HashMap<>();
    private final Map<String, StoredJob> byUnique = new HashMap<>();
    private final OrderedLine<StoredJob> scheduled = new OrderedLine<>(StoredJob::compareDue);
    private final OrderedLine<StoredJob> leased = new OrderedLine<>(StoredJob::compareExpiry);
    private final ReadyJobs ready;
    private final DeadJobs dead;
    private final MemoryLeases leases;

    private long numbers;
    private long fences;
    private long bytes;
    private long done;
    private long cancelled;

    /**
     * No jobs yet.
     *
     * @param jitter returns the pause to make, in nanoseconds, from the longest pause
     * @param leases returns a new lease on each call
     * @param made wall-clock time of the creation. Fencing tokens start at its microseconds, so that they are higher than those
     *     that an earlier process issued for a queue of this name.
     */
    MemoryJobs(
            QueueSettings settings, LongUnaryOperator jitter, Supplier<String> leases, Instant made, StoreHints hints) {
        this.settings = settings;
        this.leases = new MemoryLeases(leases);
        this.jitter = jitter;
        this.fences = ChronoUnit.MICROS.between(Instant.EPOCH, made);
        this.hints = hints;
        this.ready = new ReadyJobs(settings);
        this.dead = new DeadJobs(settings);
    }

    PutResult put(NewJob put, boolean isFull, Instant created, long nanos) {
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

    /** Leases and returns the first job that can be taken; null if there is none. */
    @Nullable
    Job lease(Instant now, long nanos) {
        StoredJob job = ready.take(nanos);
        if (job == null) {
            return null;
        }
        job.become(JobState.LEASED);
        job.attempt++;
        job.lease = leases.next();
        job.fence = ++fences;
        job.expires = now.plus(settings.lease());
        job.expiresNanos = nanos + settings.lease().toNanos();
        leased.add(job);
        return job.leased();
    }

    Settled settle(Settle settle, Instant now, long nanos) {
        StoredJob job = byId.get(settle.id());
        if (job == null || job.state != JobState.LEASED || !job.lease.equals(settle.lease())) {
            Settled before = leases.find(settle);
            return before == null ? Settled.STALE : before;
        }
        Settled settled = settle(job, settle, now, nanos);
        if (job.lease.isEmpty()) {
            leases.settled(settle, settled);
        }
        return settled;
    }

    private Settled settle(StoredJob job, Settle settle, Instant now, long nanos) {
        if (settle instanceof Settle.Ack) {
            leave(job, nanos);
            return forget(job, JobState.DONE);
        }
        if (settle instanceof Settle.Release) {
            leave(job, nanos);
            if (job.cancelAsked) {
                return forget(job, JobState.CANCELLED);
            }
            job.attempt--;
            makeReady(job, job.readyNanos, nanos);
            return Settled.to(JobState.READY);
        }
        if (settle instanceof Settle.Fail failure) {
            job.error = failure.error();
            leave(job, nanos);
            return tryAgain(job, failure, nanos);
        }
        if (settle instanceof Settle.Checkpoint checkpoint) {
            job.checkpoint = checkpoint.checkpoint();
            return Settled.kept(job.expires);
        }
        return extend(job, (Settle.Extend) settle, now, nanos);
    }

    private Settled extend(StoredJob job, Settle.Extend extension, Instant now, long nanos) {
        if (job.cancelAsked) {
            return Settled.CANCEL_ASKED;
        }
        long longerNanos = nanos + extension.by().toNanos() - job.expiresNanos;
        if (longerNanos > 0) {
            leased.remove(job);
            job.expiresNanos += longerNanos;
            job.expires = now.plus(extension.by());
            leased.add(job);
        }
        return Settled.kept(job.expires);
    }

    /** Ends an attempt that did not finish the job; {@code failure} is null if the lease expired. */
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
                : jitter.applyAsLong(
                        settings.backoff().longestAfter(job.attempt).toNanos());
        schedule(job, nanos + pauseNanos);
        return Settled.to(JobState.SCHEDULED);
    }

    CancelVerdict cancel(String id, long nanos) {
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
                    hints.cancelAsked(job);
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

    /** Whether this store ever issued this id. */
    private boolean isOneOfMine(String id) {
        try {
            long number = Long.parseLong(id);
            return number >= 1 && number <= numbers && Long.toString(number).equals(id);
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private void makeReady(StoredJob job, long sinceNanos, long nanos) {
        job.become(JobState.READY);
        job.readyNanos = sinceNanos;
        ready.add(job, nanos);
    }

    private void schedule(StoredJob job, long dueNanos) {
        job.become(JobState.SCHEDULED);
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
        job.become(as);
        byId.remove(job.id);
        finish(job);
        return Settled.to(as);
    }

    private void bury(StoredJob job, long nanos) {
        job.become(JobState.DEAD);
        job.diedNanos = nanos;
        finish(job);
        dead.add(job);
        dead.trim(old -> byId.remove(old.id));
    }

    private void finish(StoredJob job) {
        if (bytes < job.bytes) {
            throw new IllegalStateException(
                    "all jobs together have " + bytes + " bytes, and job " + job.id + " alone has " + job.bytes);
        }
        bytes -= job.bytes;
        if (job.unique != null) {
            byUnique.remove(job.unique);
        }
        hints.finished();
    }

    /** Applies every change that is due: expired leases, ended delays, key rates, and dead jobs whose retention has ended. */
    void bringUpTo(long nanos) {
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

    int redrive(int max, long nanos) {
        long most = Math.min(max, settings.size() - waiting());
        int count = 0;
        for (StoredJob job : dead.oldest()) {
            if (count >= most || bytes + job.bytes > settings.bytes()) {
                break;
            }
            if (job.unique != null && byUnique.putIfAbsent(job.unique, job) != null) {
                continue;
            }
            revive(job, nanos);
            count++;
        }
        return count;
    }

    RedriveVerdict redrive(String id, long nanos) {
        StoredJob job = byId.get(id);
        if (job == null) {
            return isOneOfMine(id) ? RedriveVerdict.NOT_DEAD : RedriveVerdict.MISSING;
        }
        if (job.state != JobState.DEAD) {
            return RedriveVerdict.NOT_DEAD;
        }
        if (job.unique != null && byUnique.containsKey(job.unique)) {
            return RedriveVerdict.TAKEN;
        }
        if (waiting() >= settings.size() || bytes + job.bytes > settings.bytes()) {
            return RedriveVerdict.FULL;
        }
        if (job.unique != null) {
            byUnique.put(job.unique, job);
        }
        revive(job, nanos);
        return RedriveVerdict.REDRIVEN;
    }

    private void revive(StoredJob job, long nanos) {
        dead.remove(job);
        bytes += job.bytes;
        job.attempt = 0;
        makeReady(job, nanos, nanos);
    }

    /** Lists jobs. Visits every job. */
    List<StoredJob> list(JobState state, @Nullable String after, int limit) {
        return StoredJob.list(byId.values(), state, after, limit);
    }

    Job.@Nullable View view(String id, Instant now, long nanos) {
        StoredJob job = byId.get(id);
        return job == null ? null : job.view(now, nanos);
    }

    boolean canTake() {
        return ready.canTake();
    }

    /** Whether more jobs can be taken than at the last call. */
    boolean hasGrown() {
        return ready.hasGrown();
    }

    int ready() {
        return ready.size();
    }

    long dropped() {
        return dead.dropped();
    }

    /** Returns the time of the next due change; {@code Long.MAX_VALUE} if there is none. */
    long nextNanos() {
        long nextNanos = Math.min(ready.wakesAtNanos(), dead.expiresAtNanos());
        StoredJob due = scheduled.first();
        StoredJob expiring = leased.first();
        nextNanos = due == null ? nextNanos : Math.min(nextNanos, due.readyNanos);
        return expiring == null ? nextNanos : Math.min(nextNanos, expiring.expiresNanos);
    }

    /** Returns how many more jobs can wait; 0 if the bodies have reached their limit of bytes. */
    long room() {
        return bytes >= settings.bytes() ? 0 : settings.size() - waiting();
    }

    boolean isIdle() {
        return waiting() == 0 && leased.isEmpty();
    }

    QueueStatus.Counts counts() {
        return new QueueStatus.Counts(scheduled.size(), ready.size(), leased.size(), done, dead.size(), cancelled);
    }

    private long waiting() {
        return scheduled.size() + (long) ready.size();
    }
}
