package dev.muster.work;

import dev.muster.access.Caller;
import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.json.JsonLimits;
import dev.muster.queue.Job;
import dev.muster.queue.Settle;
import dev.muster.run.Checkpoints;
import dev.muster.service.ManagedRun;
import dev.muster.task.CancelReason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A leased job and, once it has begun, the run that works on it. On the loop of its consumers. */
final class HeldJob implements Checkpoints {

    /** The nesting of a result that can be read again as a part of a checkpoint, which is an object. */
    private static final int MAX_NESTING = JsonLimits.DEFAULT.nesting() - 1;

    final Job job;

    /** The loop's time until which the lease is certainly valid, counted from before its last extension was requested. */
    long validUntilNanos;

    /** The loop's time at which the lease has certainly expired, unless an unanswered extension took effect. */
    long overNanos;

    /** The pending settlements, in order; the first one can be in flight. */
    final Deque<Settle> pending = new ArrayDeque<>();

    /** Whether the first settlement is in flight or waits to be repeated. */
    boolean isSettling;

    /** Whether the lease is being extended. */
    boolean isExtending;

    /** Ends the watch for a cancel of the job. */
    Runnable unwatch = () -> {};

    private final int maxKeptBytes;
    private final BiConsumer<HeldJob, String> checkpoint;
    private final Map<String, @Nullable Object> results = new LinkedHashMap<>();
    private @Nullable ManagedRun run;
    private boolean lost;

    /**
     * Creates the record of a job that was just taken.
     *
     * @param maxKeptBytes the maximum size of a checkpoint in bytes; a result that would exceed it is not stored, nor is
     *     one nested too deep to be read again
     * @param checkpoint receives each new checkpoint as JSON
     */
    HeldJob(Job job, int maxKeptBytes, BiConsumer<HeldJob, String> checkpoint) {
        this.job = job;
        this.maxKeptBytes = maxKeptBytes;
        this.checkpoint = checkpoint;
        if (job.checkpoint() != null && Json.parse(job.checkpoint()) instanceof Map<?, ?> kept) {
            kept.forEach((step, result) -> results.put((String) step, result));
        }
    }

    /** The caller of the run: this queue's consumers, with the fields of the job. */
    Caller caller(String queue) {
        var about = new HashMap<String, @Nullable Object>();
        about.put("job", job.id());
        about.put("attempt", (long) job.attempt());
        about.put("fence", job.fence());
        about.put("key", job.key());
        return Caller.ofNode("queue " + queue, about);
    }

    void began(ManagedRun run) {
        this.run = run;
    }

    /** Cancels the run of the job, if it has begun, because the job is lost or is to be cancelled. */
    void cancel(String why) {
        ManagedRun running = run;
        if (running != null) {
            running.cancel(CancelReason.request("queue", "job " + job.id() + ": " + why));
        }
    }

    /** Drops pending checkpoints that are not in flight. */
    void dropCheckpoints() {
        Settle first = isSettling ? pending.poll() : null;
        pending.removeIf(Settle.Checkpoint.class::isInstance);
        if (first != null) {
            pending.addFirst(first);
        }
    }

    /** Marks the lease as lost, after which the queue would reject every settlement, and cancels the run. */
    void lose(String why) {
        lost = true;
        cancel(why);
    }

    boolean isLost() {
        return lost;
    }

    /** Whether a run works on the job. */
    boolean isRunning() {
        return run != null;
    }

    @Override
    public boolean has(String step) {
        return results.containsKey(step);
    }

    @Override
    public @Nullable Object result(String step) {
        return results.get(step);
    }

    @Override
    public void keep(String step, @Nullable Object result) {
        if (lost || results.containsKey(step)) {
            return;
        }
        results.put(step, result);
        byte[] json;
        try {
            json = Json.writeBytes(results, maxKeptBytes);
        } catch (JsonException e) {
            results.remove(step);
            return;
        }
        if (isDeeper(result, MAX_NESTING)) {
            results.remove(step);
        } else {
            checkpoint.accept(this, new String(json, StandardCharsets.UTF_8));
        }
    }

    /** Whether a value is nested deeper than this. Its text has been written, which bounds the walk. */
    private static boolean isDeeper(@Nullable Object value, int levels) {
        if (value instanceof Map<?, ?> map) {
            return isDeeper(map.values(), levels);
        }
        return value instanceof Collection<?> inside
                && (levels == 0 || inside.stream().anyMatch(element -> isDeeper(element, levels - 1)));
    }
}
