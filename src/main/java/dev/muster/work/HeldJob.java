package dev.muster.work;

import dev.muster.access.Caller;
import dev.muster.dispatch.TakenRun;
import dev.muster.json.Json;
import dev.muster.json.JsonTooLargeException;
import dev.muster.queue.Job;
import dev.muster.queue.Settle;
import dev.muster.run.Kept;
import dev.muster.task.CancelReason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A leased job with the run that works on it, if that has begun. On the loop of its consumers. */
final class HeldJob implements Kept {

    final Job job;

    /** Until when the lease is sure to hold; it was asked for before that was counted from. */
    long validUntilNanos;

    /** When the lease is over at the latest, unless it was extended without an answer. */
    long overNanos;

    /** What is to be said, in its order; the first of it may be under way. */
    final Deque<Settle> unsaid = new ArrayDeque<>();

    /** Whether the first of it is, or waits to be said again. */
    boolean isSaying;

    /** Whether the lease is being extended. */
    boolean isExtending;

    /** What ends the watch for its cancel. */
    Runnable unwatch = () -> {};

    private final int mostKeptBytes;
    private final BiConsumer<HeldJob, String> checkpoint;
    private final Map<String, @Nullable Object> results = new LinkedHashMap<>();
    private @Nullable TakenRun run;
    private boolean lost;

    /**
     * A job that was just taken.
     *
     * @param mostKeptBytes of a checkpoint; results beyond it are not kept
     * @param checkpoint takes each new one, as JSON
     */
    HeldJob(Job job, int mostKeptBytes, BiConsumer<HeldJob, String> checkpoint) {
        this.job = job;
        this.mostKeptBytes = mostKeptBytes;
        this.checkpoint = checkpoint;
        if (job.checkpoint() != null && Json.parse(job.checkpoint()) instanceof Map<?, ?> kept) {
            kept.forEach((step, result) -> results.put((String) step, result));
        }
    }

    /** Whose the run is: the consumers' of this queue, with the job as what is known of them. */
    Caller caller(String queue) {
        var about = new HashMap<String, @Nullable Object>();
        about.put("job", job.id());
        about.put("attempt", (long) job.attempt());
        about.put("fence", job.fence());
        about.put("key", job.key());
        return Caller.ofNode("queue " + queue, about);
    }

    void began(TakenRun by) {
        run = by;
    }

    /** The job is not, or shall not be, this holder's any more; a run that works on it stops. */
    void cancel(String why) {
        TakenRun running = run;
        if (running != null) {
            running.cancel(CancelReason.request("queue", "job " + job.id() + ": " + why));
        }
    }

    /** What was left for another try, and is not under way, is not to be said. */
    void dropCheckpoints() {
        Settle first = isSaying ? unsaid.poll() : null;
        unsaid.removeIf(Settle.Checkpoint.class::isInstance);
        if (first != null) {
            unsaid.addFirst(first);
        }
    }

    /** The lease is gone: whatever is said of the job would be refused. */
    void lose(String why) {
        lost = true;
        cancel(why);
    }

    boolean isLost() {
        return lost;
    }

    /** Whether a run works on it. */
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
        try {
            checkpoint.accept(this, new String(Json.writeBytes(results, mostKeptBytes), StandardCharsets.UTF_8));
        } catch (JsonTooLargeException e) {
            results.remove(step);
        }
    }
}
