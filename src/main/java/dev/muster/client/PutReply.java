package dev.muster.client;

import org.jspecify.annotations.Nullable;

/**
 * What became of a job that was to be put.
 *
 * @param id of the job that is in the queue now; null if none was put
 * @param existing whether it was there already, by its unique word
 * @param error why none was put, of several; or null
 */
public record PutReply(
        @Nullable String id, boolean existing, @Nullable MusterError error) {}
