package dev.muster.client;

import org.jspecify.annotations.Nullable;

/**
 * The result of putting one job.
 *
 * @param id id of the job in the queue; null if the put failed
 * @param existing whether the job existed already, by its unique word
 * @param error why the put of this job failed, in a put of several; or null
 */
public record PutReply(
        @Nullable String id, boolean existing, @Nullable MusterError error) {}
