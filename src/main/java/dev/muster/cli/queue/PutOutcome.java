package dev.muster.cli.queue;

import dev.muster.plan.MusterException;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of putting one job.
 *
 * @param id the id of the job in the queue; null if none was put
 * @param existing whether an unfinished job with the same unique word was there already
 * @param failure the reason why no job was put, or null
 */
public record PutOutcome(
        @Nullable String id, boolean existing, @Nullable MusterException failure) {}
