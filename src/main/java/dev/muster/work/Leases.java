package dev.muster.work;

import dev.muster.json.Json;
import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import dev.muster.queue.Job;
import dev.muster.queue.JobQueue;
import dev.muster.queue.Settle;
import dev.muster.queue.Settled;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leases held by consumers: extended in time, watched for cancels and ended by a settlement. A settlement without a
 * response is repeated until the queue responds or the lease, which is extended meanwhile, has expired. On one loop.
 */
final class Leases {

    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

    /** The lease is extended after one third of its duration. */
    private static final int BEATS = 3;

    private static final int MAX_KEPT_BYTES = 1 << 20;

    private final Loop loop;
    private final JobQueue queue;
    private final Consumers consumers;
    private final OutcomeQueue outcomes;
    private final String name;
    private final Duration lease;

    /** Jobs at work or prefetched. */
    private final Set<HeldJob> held = new LinkedHashSet<>();

    /** Jobs that have ended and have settlements without a response. */
    private final Set<HeldJob> ended = new LinkedHashSet<>();

    private @Nullable Timer beat;

    Leases(Loop loop, JobQueue queue, Consumers consumers) {
        this.loop = loop;
        this.queue = queue;
        this.consumers = consumers;
        this.outcomes = new OutcomeQueue(loop, queue);
        this.name = queue.settings().name();
        this.lease = queue.settings().lease();
    }

    /** Starts extending leases. */
    void start() {
        beat = loop.schedule(lease.dividedBy(BEATS), () -> {
            start();
            List.copyOf(held).forEach(this::extend);
            if (outcomes.isRepeating()) {
                ended.forEach(this::extend);
            }
        });
    }

    /** Stops extending leases. */
    void stop() {
        if (beat != null) {
            beat.cancel();
        }
    }

    /** The number of jobs held; while the queue does not respond, this includes jobs that have ended. */
    int size() {
        return held.size() + (outcomes.isRepeating() ? ended.size() : 0);
    }

    /** Whether a job that has ended is still being settled. */
    boolean isSettling() {
        return !ended.isEmpty();
    }

    boolean holds(HeldJob heldJob) {
        return held.contains(heldJob);
    }

    /** Holds a job that has just arrived. The start of its lease is only known approximately, hence the margin. */
    HeldJob hold(Job job) {
        long nowNanos = loop.nanos();
        var heldJob = new HeldJob(job, MAX_KEPT_BYTES, this::keep);
        heldJob.validUntilNanos = nowNanos + lease.toNanos() - lease.toNanos() / BEATS;
        heldJob.overNanos = nowNanos + lease.toNanos();
        heldJob.unwatch = queue.watch(job, () -> loop.execute(() -> cancelAsked(heldJob)));
        held.add(heldJob);
        return heldJob;
    }

    /** Settles a job, which is no longer held. */
    void end(HeldJob heldJob, Settle how) {
        forget(heldJob);
        if (how instanceof Settle.Ack) {
            // No later attempt will read the checkpoints.
            heldJob.dropCheckpoints();
        }
        ended.add(heldJob);
        heldJob.pending.add(how);
        settleNext(heldJob);
    }

    /** Stops holding a job without settling it. */
    void forget(HeldJob heldJob) {
        held.remove(heldJob);
        heldJob.unwatch.run();
    }

    private void cancelAsked(HeldJob heldJob) {
        if (held.contains(heldJob)) {
            consumers.cancelAsked(heldJob);
        }
    }

    // ---- settlements, in order

    private void keep(HeldJob heldJob, String checkpoint) {
        heldJob.dropCheckpoints();
        heldJob.pending.add(new Settle.Checkpoint(heldJob.job.id(), heldJob.job.lease(), checkpoint));
        settleNext(heldJob);
    }

    private void settleNext(HeldJob heldJob) {
        Settle next = heldJob.pending.peek();
        if (next != null && !heldJob.isSettling) {
            heldJob.isSettling = true;
            outcomes.send(new Outcome(heldJob, next));
        } else if (next == null && ended.remove(heldJob)) {
            consumers.settled();
        }
    }

    private void dropPending(HeldJob heldJob) {
        heldJob.pending.clear();
        heldJob.isSettling = false;
        settleNext(heldJob);
    }

    /** A checkpoint or the final settlement of a job. */
    private final class Outcome implements OutcomeQueue.Settlement {

        private final HeldJob heldJob;
        private final Settle settle;

        Outcome(HeldJob heldJob, Settle settle) {
            this.heldJob = heldJob;
            this.settle = settle;
        }

        @Override
        public Settle settle() {
            return settle;
        }

        @Override
        public boolean isStillUseful() {
            boolean isEnded = ended.contains(heldJob);
            if (loop.nanos() < heldJob.overNanos && (isEnded || held.contains(heldJob) && !heldJob.isLost())) {
                return true;
            }
            if (isEnded) {
                LOG.warn(
                        "the lease of job {} of queue {} expired before its outcome could be reported:"
                                + " the job can run again",
                        heldJob.job.id(),
                        name);
            }
            dropPending(heldJob);
            return false;
        }

        @Override
        public long untilNanos() {
            return heldJob.overNanos;
        }

        @Override
        public void settled(Settled result) {
            heldJob.isSettling = false;
            heldJob.pending.poll();
            if (result.isApplied()) {
                settleNext(heldJob);
                return;
            }
            if (ended.contains(heldJob)) {
                LOG.warn(
                        "job {} of queue {} has another holder; the outcome from this node is dropped",
                        heldJob.job.id(),
                        name);
            }
            dropPending(heldJob);
        }

        @Override
        public void rejected(Throwable why) {
            heldJob.isSettling = false;
            heldJob.pending.poll();
            if (settle instanceof Settle.Ack ack && ack.output() != null) {
                String detail = "the result cannot be stored: " + why.getMessage();
                LOG.warn("job {} of queue {} becomes dead: {}", heldJob.job.id(), name, detail);
                heldJob.pending.add(new Settle.Fail(heldJob.job.id(), heldJob.job.lease(), error(detail), null, true));
            } else {
                LOG.warn(
                        "the outcome for queue {} of job {} was not reported, the job can run again: {}",
                        name,
                        heldJob.job.id(),
                        OutcomeQueue.reason(why));
            }
            settleNext(heldJob);
        }
    }

    private static String error(String detail) {
        return Json.write(Map.of("type", "failed", "detail", detail));
    }

    // ---- extension of leases

    private void extend(HeldJob heldJob) {
        if (isToBeExtended(heldJob) && !heldJob.isExtending) {
            heldJob.isExtending = true;
            outcomes.send(new Extension(heldJob));
        }
    }

    private boolean isToBeExtended(HeldJob heldJob) {
        return held.contains(heldJob)
                ? !heldJob.isLost() && !isExpired(heldJob)
                : ended.contains(heldJob) && loop.nanos() < heldJob.overNanos;
    }

    private boolean isExpired(HeldJob heldJob) {
        boolean isExpired = loop.nanos() >= heldJob.validUntilNanos;
        if (isExpired) {
            lose(heldJob, "its lease expired, as the queue did not respond");
        }
        return isExpired;
    }

    private void lose(HeldJob heldJob, String why) {
        if (held.contains(heldJob) && !heldJob.isLost()) {
            LOG.warn("job {} of queue {}: {}", heldJob.job.id(), name, why);
            consumers.lost(heldJob, why);
        }
    }

    /** The extension of a lease, for as long as the job is at work or being settled. */
    private final class Extension implements OutcomeQueue.Settlement {

        private final HeldJob heldJob;
        private long askedNanos = loop.nanos();

        Extension(HeldJob heldJob) {
            this.heldJob = heldJob;
        }

        @Override
        public Settle settle() {
            return new Settle.Extend(heldJob.job.id(), heldJob.job.lease(), lease);
        }

        @Override
        public boolean isStillUseful() {
            askedNanos = loop.nanos();
            heldJob.isExtending = isToBeExtended(heldJob);
            return heldJob.isExtending;
        }

        @Override
        public long untilNanos() {
            return held.contains(heldJob) ? heldJob.validUntilNanos : heldJob.overNanos;
        }

        @Override
        public void settled(Settled result) {
            heldJob.isExtending = false;
            switch (result.verdict()) {
                case APPLIED -> {
                    heldJob.validUntilNanos = askedNanos + lease.toNanos();
                    heldJob.overNanos = loop.nanos() + lease.toNanos();
                }
                case CANCEL_ASKED -> cancelAsked(heldJob);
                default -> lose(heldJob, "its lease is no longer valid");
            }
        }

        @Override
        public void rejected(Throwable why) {
            heldJob.isExtending = false;
        }
    }
}
