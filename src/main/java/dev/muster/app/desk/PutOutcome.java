package dev.muster.app.desk;

import dev.muster.plan.MusterException;
import org.jspecify.annotations.Nullable;

/**
 * What became of one job that was to be put.
 *
 * @param id of the job that is in the queue; null if none was put
 * @param existing whether it was there already, by its unique word
 * @param failure why none was put, or null
 */
public record PutOutcome(
        @Nullable String id, boolean existing, @Nullable MusterException failure) {}
