package dev.muster.client;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The leases that a worker holds. Each is extended after every third of its duration, and watched for its expiry. An
 * extension that fails is repeated after growing pauses. Uses durations only, because the clock of the node can differ.
 * Runs on the worker's loop.
 */
final class WorkLeases {

    /** The owner of the jobs. */
    interface Holder {

        /** Handles a lost lease: another worker can have the job by now. */
        void lost(HeldWork one, String why);
    }

    private static final int BEATS = 3;

    private final Loop loop;
    private final QueueClient queue;
    private final Holder holder;
    private final Set<HeldWork> held = new LinkedHashSet<>();
    private Duration lease = Duration.ZERO;
    private @Nullable Timer beat;
    private long beatNanos;
    private boolean isLast;

    /** The number of beats in a row before this one with a failed extension. */
    private int failures;

    /** Whether an extension of this beat has failed. */
    private boolean isFailing;

    WorkLeases(Loop loop, QueueClient queue, Holder holder) {
        this.loop = loop;
        this.queue = queue;
        this.holder = holder;
    }

    int size() {
        return held.size();
    }

    boolean has(HeldWork one) {
        return held.contains(one);
    }

    /** Starts to hold a job that was just taken. */
    void hold(HeldWork one) {
        held.add(one);
        lease = one.job.leaseTime();
        lasts(one, loop.nanos(), lease);
        beatWithin(lease.dividedBy(BEATS));
    }

    /** Stops extending the leases of jobs whose report is being repeated: reports are repeated until the lease expires. */
    void last() {
        isLast = true;
    }

    /** Stops holding a job. */
    void forget(HeldWork one) {
        held.remove(one);
        if (one.expiry != null) {
            one.expiry.cancel();
        }
        if (held.isEmpty() && beat != null) {
            beat.cancel();
            beat = null;
        }
    }

    /** Schedules the next beat, or advances it if it is due later than this. */
    private void beatWithin(Duration time) {
        long atNanos = loop.nanos() + time.toNanos();
        if (beat != null) {
            if (beatNanos <= atNanos) {
                return;
            }
            beat.cancel();
        }
        beatNanos = atNanos;
        beat = loop.schedule(time, this::beat);
    }

    private void beat() {
        beat = null;
        failures = isFailing ? failures + 1 : 0;
        isFailing = false;
        beatWithin(lease.dividedBy(BEATS));
        List<HeldWork> mine = held.stream()
                .filter(one -> !one.isRefused && (!one.isSaid() || one.isRepeated && !isLast))
                .toList();
        for (int from = 0; from < mine.size(); from += WorkReports.MAX_AT_ONCE) {
            extend(mine.subList(from, Math.min(mine.size(), from + WorkReports.MAX_AT_ONCE)));
        }
    }

    private void extend(List<HeldWork> some) {
        Duration by = lease;
        List<Map<String, @Nullable Object>> words = new ArrayList<>(some.size());
        for (HeldWork one : some) {
            Map<String, @Nullable Object> extend = JobMessages.lease(one.job);
            extend.put("by", JobMessages.duration(by));
            words.add(extend);
        }
        long askedNanos = loop.nanos();
        queue.settle("extend", words)
                .onComplete((answers, failure) -> loop.execute(() -> {
                    if (failure == null) {
                        extended(some, answers, askedNanos, by);
                    } else if (failure instanceof MusterError error && error.mayPass()) {
                        repeat();
                    }
                }));
    }

    /** Repeats the extensions after a failure. Without a success the leases expire, which is watched. */
    private void repeat() {
        if (!held.isEmpty()) {
            isFailing = true;
            beatWithin(queue.pause(failures, lease));
        }
    }

    private void extended(
            List<HeldWork> some, List<Map<String, @Nullable Object>> answers, long askedNanos, Duration by) {
        for (int i = 0; i < Math.min(some.size(), answers.size()); i++) {
            HeldWork one = some.get(i);
            MusterError error = JobMessages.error(answers.get(i));
            if (!held.contains(one)) {
                continue;
            }
            if (error == null) {
                lasts(one, askedNanos, by);
            } else if (error.mayPass()) {
                repeat();
            } else if (error.type().equals("conflict") && !one.isSaid()) {
                one.isRefused = true;
                holder.lost(one, error.detail());
            }
        }
    }

    private void lasts(HeldWork one, long fromNanos, Duration time) {
        if (one.expiry != null) {
            one.expiry.cancel();
        }
        one.expiry = loop.schedule(fromNanos + time.toNanos() - loop.nanos(), () -> {
            if (held.contains(one)) {
                String what = one.isSaid() ? "its outcome" : "its extension";
                holder.lost(one, "its lease expired before " + what + " reached the node");
            }
        });
    }
}
