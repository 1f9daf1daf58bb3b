package dev.muster.client;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The leases that a worker holds. Each is extended after every third of its duration, and watched for its expiry. An
 * extension that fails is repeated after growing pauses. Uses durations only, because the clock of the node can differ.
 * Runs on the worker's loop.
 */
final class WorkLeases {

    private static final int BEATS = 3;

    private final Loop loop;
    private final QueueClient queue;
    private final BiConsumer<HeldWork, String> onLost;
    private final Set<HeldWork> held = new LinkedHashSet<>();
    private Duration lease = Duration.ZERO;
    private @Nullable Timer beat;
    private long beatNanos;
    private boolean isLast;

    /** The number of beats in a row before this one with a failed extension. */
    private int failures;

    /** Whether an extension of this beat has failed. */
    private boolean isFailing;

    /** @param onLost called with a job whose lease is lost, and the reason: another worker can have the job by now */
    WorkLeases(Loop loop, QueueClient queue, BiConsumer<HeldWork, String> onLost) {
        this.loop = loop;
        this.queue = queue;
        this.onLost = onLost;
    }

    int size() {
        return held.size();
    }

    boolean has(HeldWork work) {
        return held.contains(work);
    }

    /** Starts to hold a job that was just taken. */
    void hold(HeldWork work) {
        held.add(work);
        lease = work.job.leaseTime();
        lasts(work, loop.nanos(), lease);
        beatWithin(lease.dividedBy(BEATS));
    }

    /** Stops extending the leases of jobs whose report is being repeated: reports are repeated until the lease expires. */
    void last() {
        isLast = true;
    }

    /** Stops holding a job. */
    void forget(HeldWork work) {
        held.remove(work);
        if (work.expiry != null) {
            work.expiry.cancel();
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
                .filter(work -> !work.isRefused && (!work.hasOutcome() || work.isRepeated && !isLast))
                .toList();
        for (int from = 0; from < mine.size(); from += WorkReports.MAX_AT_ONCE) {
            extend(mine.subList(from, Math.min(mine.size(), from + WorkReports.MAX_AT_ONCE)));
        }
    }

    private void extend(List<HeldWork> some) {
        Duration by = lease;
        List<Map<String, @Nullable Object>> words = new ArrayList<>(some.size());
        for (HeldWork work : some) {
            Map<String, @Nullable Object> extend = JobMessages.lease(work.job);
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
            HeldWork work = some.get(i);
            MusterError error = JobMessages.error(answers.get(i));
            if (!held.contains(work)) {
                continue;
            }
            if (error == null) {
                lasts(work, askedNanos, by);
            } else if (error.mayPass()) {
                repeat();
            } else if (error.type().equals("conflict") && !work.hasOutcome()) {
                work.isRefused = true;
                onLost.accept(work, error.detail());
            }
        }
    }

    private void lasts(HeldWork work, long fromNanos, Duration time) {
        if (work.expiry != null) {
            work.expiry.cancel();
        }
        work.expiry = loop.schedule(fromNanos + time.toNanos() - loop.nanos(), () -> {
            if (held.contains(work)) {
                String what = work.hasOutcome() ? "its outcome" : "its extension";
                onLost.accept(work, "its lease expired before " + what + " reached the node");
            }
        });
    }

    /** A job that a worker holds, until its outcome was reported. Used on the worker's loop. */
    static final class HeldWork {

        final TakenJob job;

        /** Completes when the handler is cancelled. */
        final Promise<Void> cancelled = Promise.promise();

        /** Fires when the lease expires. */
        @Nullable
        Timer expiry;

        boolean isRunning;

        /** Whether the node reported that the lease is not valid, or that the cancel of the job was requested. */
        boolean isRefused;

        /** The kind of report to send; null until the outcome is known. */
        @Nullable
        String word;

        Map<String, @Nullable Object> report = Map.of();
        long bytes;

        /** Whether a report got no response and is repeated. */
        boolean isRepeated;

        /** Whether a message with other reports was rejected, so that this one is sent alone. */
        boolean isAlone;

        /** Whether the outcome could not be stored, and the reason was reported instead. */
        boolean isShortened;

        HeldWork(TakenJob job) {
            this.job = job;
        }

        boolean hasOutcome() {
            return word != null;
        }
    }
}
