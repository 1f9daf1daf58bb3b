package dev.muster.work;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import dev.muster.queue.Job;
import dev.muster.queue.JobQueue;
import dev.muster.queue.Settle;
import dev.muster.queue.Settled;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The leases that consumers hold: extended in time, watched for cancels, and ended by what is said of their jobs. On one loop. */
final class Leases {

    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

    /** The part of a lease after which it is extended. */
    private static final int BEATS = 3;

    private static final int MOST_KEPT_BYTES = 1 << 20;

    /** Who works on the jobs. */
    interface Holder {

        /** The cancel of a job was asked for. */
        void cancelAsked(HeldJob one);

        /** A job may be somebody else's by now. */
        void lost(HeldJob one, String why);

        /** Nothing that was said is on its way any more. */
        void allSaid();
    }

    private final Loop loop;
    private final JobQueue queue;
    private final Holder holder;
    private final String name;
    private final Duration lease;
    private final Set<HeldJob> held = new LinkedHashSet<>();
    private @Nullable Timer beat;
    private int saying;

    Leases(Loop loop, JobQueue queue, Holder holder) {
        this.loop = loop;
        this.queue = queue;
        this.holder = holder;
        this.name = queue.settings().name();
        this.lease = queue.settings().lease();
    }

    /** Begins to extend. */
    void start() {
        beat = loop.schedule(lease.dividedBy(BEATS), () -> {
            start();
            List.copyOf(held).forEach(this::extend);
        });
    }

    /** Extends no more. */
    void stop() {
        if (beat != null) {
            beat.cancel();
        }
    }

    int size() {
        return held.size();
    }

    /** Whether something that was said is on its way. */
    boolean isSaying() {
        return saying > 0;
    }

    boolean holds(HeldJob one) {
        return held.contains(one);
    }

    /** Holds a job that came now; when it was leased, nobody here can tell exactly. */
    HeldJob hold(Job job) {
        long sureNanos = lease.toNanos() - lease.toNanos() / BEATS;
        var one = new HeldJob(
                job,
                loop.nanos() + sureNanos,
                MOST_KEPT_BYTES,
                text -> say(new Settle.Checkpoint(job.id(), job.lease(), text)));
        one.unwatch = queue.watch(job, () -> loop.execute(() -> cancelAsked(one)));
        held.add(one);
        return one;
    }

    /** Says how it went with a job, which is held no more. */
    void end(HeldJob one, Settle how) {
        forget(one);
        say(how);
    }

    /** Holds a job no more, of which nothing is said. */
    void forget(HeldJob one) {
        held.remove(one);
        one.unwatch.run();
    }

    private void cancelAsked(HeldJob one) {
        if (held.contains(one)) {
            holder.cancelAsked(one);
        }
    }

    private void say(Settle what) {
        saying++;
        queue.settle(what)
                .onComplete((settled, failure) -> loop.execute(() -> {
                    saying--;
                    if (failure != null) {
                        LOG.warn(
                                "queue {} was not told how job {} went, which may be worked on again: {}",
                                name,
                                what.id(),
                                failure.toString());
                    } else if (!settled.isApplied()) {
                        LOG.warn(
                                "job {} of queue {} has another holder; what came of it here is dropped",
                                what.id(),
                                name);
                    }
                    if (saying == 0) {
                        holder.allSaid();
                    }
                }));
    }

    private void extend(HeldJob one) {
        long nowNanos = loop.nanos();
        if (nowNanos >= one.validUntilNanos) {
            lose(one, "its lease ran out, as the queue did not answer");
            return;
        }
        queue.settle(new Settle.Extend(one.job.id(), one.job.lease(), lease))
                .onSuccess(settled -> loop.execute(() -> extended(one, settled, nowNanos)));
    }

    private void extended(HeldJob one, Settled settled, long askedNanos) {
        switch (settled.verdict()) {
            case APPLIED -> one.validUntilNanos = askedNanos + lease.toNanos();
            case CANCEL_ASKED -> cancelAsked(one);
            default -> lose(one, "its lease is no longer valid");
        }
    }

    private void lose(HeldJob one, String why) {
        if (held.contains(one) && !one.isLost()) {
            LOG.warn("job {} of queue {}: {}", one.job.id(), name, why);
            holder.lost(one, why);
        }
    }
}
