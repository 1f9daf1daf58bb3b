package dev.muster.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A leased job.
 *
 * @param id decimal digits
 * @param body a JSON value
 * @param attempt number of this attempt, from 1
 * @param lease secret token that proves that the holder has the job
 * @param leaseTime duration of the lease, from the take. A duration and no time of day, because clocks differ.
 * @param key key of the job, or null
 * @param priority priority of the job
 * @param checkpoint the job's last checkpoint, a JSON value; or null
 * @param fence fencing token of the lease, higher than that of every earlier lease of the job
 */
public record TakenJob(
        String id,
        @Nullable Object body,
        int attempt,
        String lease,
        Duration leaseTime,
        @Nullable String key,
        int priority,
        @Nullable Object checkpoint,
        long fence) {}
