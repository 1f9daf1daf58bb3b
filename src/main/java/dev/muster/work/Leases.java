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

    /** The code that works on the jobs. */
    interface Holder {

        /** Reports that the cancel of a job was requested. */
        void cancelAsked(HeldJob one);

        /** Reports that the lease of a job is lost: another consumer can hold the job. */
        void lost(HeldJob one, String why);

        /** Reports that a job that had ended has been settled. */
        void said();
    }

    private final Loop loop;
    private final JobQueue queue;
    private final Holder holder;
    private final OutcomeQueue sayings;
    private final String name;
    private final Duration lease;

    /** Jobs at work or prefetched. */
    private final Set<HeldJob> held = new LinkedHashSet<>();

    /** Jobs that have ended and have settlements without a response. */
    private final Set<HeldJob> ended = new LinkedHashSet<>();

    private @Nullable Timer beat;

    Leases(Loop loop, JobQueue queue, Holder holder) {
        this.loop = loop;
        this.queue = queue;
        this.holder = holder;
        this.sayings = new OutcomeQueue(loop, queue);
        this.name = queue.settings().name();
        this.lease = queue.settings().lease();
    }

    /** Starts extending leases. */
    void start() {
        beat = loop.schedule(lease.dividedBy(BEATS), () -> {
            start();
            List.copyOf(held).forEach(this::extend);
            if (sayings.isRepeating()) {
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
        return held.size() + (sayings.isRepeating() ? ended.size() : 0);
    }

    /** Whether a job that has ended is still being settled. */
    boolean isSaying() {
        return !ended.isEmpty();
    }

    boolean holds(HeldJob one) {
        return held.contains(one);
    }

    /** Holds a job that has just arrived. The start of its lease is only known approximately, hence the margin. */
    HeldJob hold(Job job) {
        long nowNanos = loop.nanos();
        var one = new HeldJob(job, MAX_KEPT_BYTES, this::keep);
        one.validUntilNanos = nowNanos + lease.toNanos() - lease.toNanos() / BEATS;
        one.overNanos = nowNanos + lease.toNanos();
        one.unwatch = queue.watch(job, () -> loop.execute(() -> cancelAsked(one)));
        held.add(one);
        return one;
    }

    /** Settles a job, which is no longer held. */
    void end(HeldJob one, Settle how) {
        forget(one);
        if (how instanceof Settle.Ack) {
            // No later attempt will read the checkpoints.
            one.dropCheckpoints();
        }
        ended.add(one);
        one.unsaid.add(how);
        sayNext(one);
    }

    /** Stops holding a job without settling it. */
    void forget(HeldJob one) {
        held.remove(one);
        one.unwatch.run();
    }

    private void cancelAsked(HeldJob one) {
        if (held.contains(one)) {
            holder.cancelAsked(one);
        }
    }

    // ---- settlements, in order

    private void keep(HeldJob one, String checkpoint) {
        one.dropCheckpoints();
        one.unsaid.add(new Settle.Checkpoint(one.job.id(), one.job.lease(), checkpoint));
        sayNext(one);
    }

    private void sayNext(HeldJob one) {
        Settle next = one.unsaid.peek();
        if (next != null && !one.isSaying) {
            one.isSaying = true;
            sayings.say(new Outcome(one, next));
        } else if (next == null && ended.remove(one)) {
            holder.said();
        }
    }

    private void saidAll(HeldJob one) {
        one.unsaid.clear();
        one.isSaying = false;
        sayNext(one);
    }

    /** A checkpoint or the final settlement of a job. */
    private final class Outcome implements OutcomeQueue.Saying {

        private final HeldJob one;
        private final Settle words;

        Outcome(HeldJob one, Settle words) {
            this.one = one;
            this.words = words;
        }

        @Override
        public Settle words() {
            return words;
        }

        @Override
        public boolean isStillMeant() {
            boolean isEnded = ended.contains(one);
            if (loop.nanos() < one.overNanos && (isEnded || held.contains(one) && !one.isLost())) {
                return true;
            }
            if (isEnded) {
                LOG.warn(
                        "the lease of job {} of queue {} expired before its outcome could be reported:"
                                + " the job can run again",
                        one.job.id(),
                        name);
            }
            saidAll(one);
            return false;
        }

        @Override
        public long untilNanos() {
            return one.overNanos;
        }

        @Override
        public void answered(Settled settled) {
            one.isSaying = false;
            one.unsaid.poll();
            if (settled.isApplied()) {
                sayNext(one);
                return;
            }
            if (ended.contains(one)) {
                LOG.warn(
                        "job {} of queue {} has another holder; the outcome from this node is dropped",
                        one.job.id(),
                        name);
            }
            saidAll(one);
        }

        @Override
        public void refused(Throwable why) {
            one.isSaying = false;
            one.unsaid.poll();
            if (words instanceof Settle.Ack ack && ack.output() != null) {
                String detail = "the result cannot be stored: " + why.getMessage();
                LOG.warn("job {} of queue {} becomes dead: {}", one.job.id(), name, detail);
                one.unsaid.add(new Settle.Fail(one.job.id(), one.job.lease(), error(detail), null, true));
            } else {
                LOG.warn(
                        "the outcome for queue {} of job {} was not reported, the job can run again: {}",
                        name,
                        one.job.id(),
                        FailureReasons.of(why));
            }
            sayNext(one);
        }
    }

    private static String error(String detail) {
        return Json.write(Map.of("type", "failed", "detail", detail));
    }

    // ---- extension of leases

    private void extend(HeldJob one) {
        if (isToBeExtended(one) && !one.isExtending) {
            one.isExtending = true;
            sayings.say(new Extension(one));
        }
    }

    private boolean isToBeExtended(HeldJob one) {
        return held.contains(one)
                ? !one.isLost() && !isExpired(one)
                : ended.contains(one) && loop.nanos() < one.overNanos;
    }

    private boolean isExpired(HeldJob one) {
        boolean isExpired = loop.nanos() >= one.validUntilNanos;
        if (isExpired) {
            lose(one, "its lease expired, as the queue did not respond");
        }
        return isExpired;
    }

    private void lose(HeldJob one, String why) {
        if (held.contains(one) && !one.isLost()) {
            LOG.warn("job {} of queue {}: {}", one.job.id(), name, why);
            holder.lost(one, why);
        }
    }

    /** The extension of a lease, for as long as the job is at work or being settled. */
    private final class Extension implements OutcomeQueue.Saying {

        private final HeldJob one;
        private long askedNanos = loop.nanos();

        Extension(HeldJob one) {
            this.one = one;
        }

        @Override
        public Settle words() {
            return new Settle.Extend(one.job.id(), one.job.lease(), lease);
        }

        @Override
        public boolean isStillMeant() {
            askedNanos = loop.nanos();
            one.isExtending = isToBeExtended(one);
            return one.isExtending;
        }

        @Override
        public long untilNanos() {
            return held.contains(one) ? one.validUntilNanos : one.overNanos;
        }

        @Override
        public void answered(Settled settled) {
            one.isExtending = false;
            switch (settled.verdict()) {
                case APPLIED -> {
                    one.validUntilNanos = askedNanos + lease.toNanos();
                    one.overNanos = loop.nanos() + lease.toNanos();
                }
                case CANCEL_ASKED -> cancelAsked(one);
                default -> lose(one, "its lease is no longer valid");
            }
        }

        @Override
        public void refused(Throwable why) {
            one.isExtending = false;
        }
    }
}
