package dev.muster.queue;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A leased job, as a take returns it.
 *
 * @param id decimal digits
 * @param body JSON text
 * @param attempt number of this attempt, from 1
 * @param lease secret token that proves that the holder has the job: opaque, unguessable, new for each attempt
 * @param expires when the lease expires, by the store's clock
 * @param key key of the job, or null
 * @param priority priority of the job
 * @param checkpoint JSON text of the job's last checkpoint, or null
 * @param fence fencing token of the lease, higher than that of every earlier lease of the job. It is no secret and proves
 *     nothing.
 */
public record Job(
        String id,
        String body,
        int attempt,
        String lease,
        Instant expires,
        @Nullable String key,
        int priority,
        @Nullable String checkpoint,
        long fence) {

    /**
     * A job as anyone can see it, without its lease.
     *
     * @param id decimal digits
     * @param state state of the job
     * @param body JSON text
     * @param attempt number of attempts so far; released ones do not count
     * @param key key of the job, or null
     * @param unique unique word of the job, or null
     * @param priority priority of the job
     * @param created when the job was put
     * @param due when the job becomes ready, if it is scheduled
     * @param expires when the lease expires, if the job is leased
     * @param cancelAsked whether the job is leased and its cancel was requested
     * @param error JSON text of the last failure, or null
     * @param output JSON text of the acknowledgement, or null
     * @param checkpoint JSON text of the last checkpoint, or null
     */
    public record View(
            String id,
            JobState state,
            String body,
            int attempt,
            @Nullable String key,
            @Nullable String unique,
            int priority,
            Instant created,
            @Nullable Instant due,
            @Nullable Instant expires,
            boolean cancelAsked,
            @Nullable String error,
            @Nullable String output,
            @Nullable String checkpoint) {}
}
