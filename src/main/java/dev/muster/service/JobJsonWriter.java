package dev.muster.service;

import dev.muster.config.Durations;
import dev.muster.json.Json;
import dev.muster.queue.ItemResult;
import dev.muster.queue.Job;
import dev.muster.queue.JobQueue;
import dev.muster.queue.JobState;
import dev.muster.queue.PutResult;
import dev.muster.queue.QueueStatus;
import dev.muster.queue.Settled;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Queues and jobs as JSON values for callers, the same over HTTP and the event bus. Each value is new. Safe on any thread. */
public final class JobJsonWriter {

    private JobJsonWriter() {}

    /**
     * {@code {jobs: [{id, body, attempt, lease, expires, …}], expiresIn}}.
     *
     * @param lease the duration of the leases from the take, for workers whose clock differs from the node's
     */
    public static Map<String, @Nullable Object> taken(List<Job> jobs, Duration lease) {
        List<Map<String, @Nullable Object>> all = new ArrayList<>(jobs.size());
        List<@Nullable Object> bodies =
                Json.parseEach(jobs.stream().map(Job::body).toList());
        Instant before = Instant.MIN;
        String expires = "";
        for (int i = 0; i < jobs.size(); i++) {
            Job job = jobs.get(i);
            // Jobs taken together expire together, and formatting the time is the most expensive part of this loop.
            if (!job.expires().equals(before)) {
                before = job.expires();
                expires = before.toString();
            }
            all.add(taken(job, bodies.get(i), expires));
        }
        return ordered("jobs", all, "expiresIn", jobs.isEmpty() ? null : Durations.format(lease));
    }

    /** {@code {jobs: [{id} | {id, existing} | {error}]}}. */
    public static Map<String, @Nullable Object> put(List<ItemResult<PutResult>> results) {
        List<Map<String, @Nullable Object>> all = new ArrayList<>(results.size());
        results.forEach(result -> all.add(put(result)));
        return jobs(all);
    }

    /** {@code {id}}, with {@code existing} if the queue had the job already; {@code {error}} if the put failed. */
    public static Map<String, @Nullable Object> put(ItemResult<PutResult> part) {
        PutResult result = part.result();
        if (result == null) {
            return ordered("error", part.failure() == null ? null : error(part.failure()));
        }
        return ordered("id", result.id(), "existing", result.verdict() == PutResult.Verdict.EXISTING ? true : null);
    }

    /**
     * {@code {name, store, error: {type, detail}}} for a queue whose store does not respond.
     *
     * @param withDetail whether the reader may see the addresses and names of databases
     */
    public static Map<String, @Nullable Object> unavailable(JobQueue queue, Throwable failure, boolean withDetail) {
        String store = queue.settings().store();
        Map<String, @Nullable Object> error = error(failure);
        if (!withDetail) {
            error = ordered("type", error.get("type"), "detail", "the store " + store + " does not respond");
        }
        return ordered("name", queue.settings().name(), "store", store, "error", error);
    }

    /** {@code {joined}}: whether all jobs have finished. */
    public static Map<String, @Nullable Object> joined(boolean joined) {
        return ordered("joined", joined);
    }

    /** {@code {jobs: [{id, state, expires?} | {id, error}]}}. */
    public static Map<String, @Nullable Object> settled(List<String> ids, List<ItemResult<Settled>> results) {
        List<Map<String, @Nullable Object>> all = new ArrayList<>(results.size());
        for (int i = 0; i < results.size(); i++) {
            all.add(settled(ids.get(i), results.get(i)));
        }
        return jobs(all);
    }

    /** {@code {id, state, expires?}}, or {@code {id, error}}. */
    public static Map<String, @Nullable Object> settled(String id, ItemResult<Settled> result) {
        Settled settled = result.result();
        if (settled == null) {
            return ordered("id", id, "error", result.failure() == null ? null : error(result.failure()));
        }
        return ordered(
                "id",
                id,
                "state",
                settled.state() == null ? null : settled.state().word(),
                "expires",
                settled.expires() == null ? null : settled.expires().toString());
    }

    /** {@code {jobs: [{id, state, body, …}]}}. */
    public static Map<String, @Nullable Object> listed(List<Job.View> jobs) {
        List<Map<String, @Nullable Object>> all = new ArrayList<>(jobs.size());
        jobs.forEach(job -> all.add(job(job)));
        return jobs(all);
    }

    /** The full view of a job: {@code {id, state, body, attempt, …}}. */
    public static Map<String, @Nullable Object> job(Job.View job) {
        Map<String, @Nullable Object> value =
                ordered("id", job.id(), "state", job.state().word());
        value.put("body", Json.parse(job.body()));
        value.put("attempt", (long) job.attempt());
        putIf(value, "key", job.key());
        putIf(value, "unique", job.unique());
        value.put("priority", (long) job.priority());
        value.put("created", job.created().toString());
        putIf(value, "due", job.due());
        putIf(value, "expires", job.expires());
        if (job.cancelAsked()) {
            value.put("cancelAsked", true);
        }
        // The error of a job that was done or cancelled comes from an earlier attempt.
        boolean isOver = job.state() == JobState.DONE || job.state() == JobState.CANCELLED;
        putJson(value, isOver ? "lastError" : "error", job.error());
        putJson(value, "output", job.output());
        putJson(value, "checkpoint", job.checkpoint());
        return value;
    }

    /** {@code {name, store, size, scheduled, ready, leased, done, dead, cancelled, paused, closed}}. */
    public static Map<String, @Nullable Object> status(QueueStatus status) {
        Map<String, @Nullable Object> value = ordered("name", status.name(), "store", status.store());
        value.put("size", status.size());
        value.put("scheduled", status.counts().scheduled());
        value.put("ready", status.counts().ready());
        value.put("leased", status.counts().leased());
        value.put("done", status.counts().done());
        value.put("dead", status.counts().dead());
        value.put("cancelled", status.counts().cancelled());
        value.put("paused", status.paused());
        value.put("closed", status.closed());
        return value;
    }

    private static Map<String, @Nullable Object> taken(Job job, @Nullable Object body, String expires) {
        Map<String, @Nullable Object> value = new LinkedHashMap<>();
        value.put("id", job.id());
        value.put("body", body);
        value.put("attempt", (long) job.attempt());
        value.put("lease", job.lease());
        value.put("fence", job.fence());
        value.put("expires", expires);
        putIf(value, "key", job.key());
        if (job.priority() != 0) {
            value.put("priority", (long) job.priority());
        }
        putJson(value, "checkpoint", job.checkpoint());
        return value;
    }

    private static Map<String, @Nullable Object> jobs(List<Map<String, @Nullable Object>> jobs) {
        return ordered("jobs", jobs);
    }

    private static Map<String, Object> error(Throwable failure) {
        CallerError error = CallerError.of(failure, null, null);
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("type", error.error().type().word());
        value.put("detail", error.error().detail());
        error.more().forEach(value::putIfAbsent);
        return value;
    }

    private static void putIf(Map<String, @Nullable Object> value, String word, @Nullable Object field) {
        if (field != null) {
            value.put(word, field.toString());
        }
    }

    private static void putJson(Map<String, @Nullable Object> value, String word, @Nullable String json) {
        if (json != null) {
            value.put(word, Json.parse(json));
        }
    }

    /** A map of alternating keys and values, in order; null values are omitted. */
    private static Map<String, @Nullable Object> ordered(@Nullable Object... pairs) {
        Map<String, @Nullable Object> value = new LinkedHashMap<>(pairs.length);
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i + 1] != null) {
                value.put(String.valueOf(pairs[i]), pairs[i + 1]);
            }
        }
        return value;
    }
}
