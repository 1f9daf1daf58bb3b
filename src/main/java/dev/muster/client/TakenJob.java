package dev.muster.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A job with its lease.
 *
 * @param id decimal digits
 * @param body a JSON value
 * @param attempt which try this is, from 1
 * @param lease proves whose the job is
 * @param leaseTime how long the lease ran when the job was taken; by no clock, as those of others may differ
 * @param key the key it was put with, or null
 * @param priority the priority it was put with
 * @param checkpoint what an earlier try left, or null
 * @param fence the lease's fencing token, higher than that of every earlier lease of the job
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
