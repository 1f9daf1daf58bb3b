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
        long fence) {}
