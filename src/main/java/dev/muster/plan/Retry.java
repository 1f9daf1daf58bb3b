package dev.muster.plan;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The retries of a failed step. Pauses have full jitter: from zero to a maximum that doubles with each try.
 *
 * @param times the number of tries after the first
 * @param backoffMin the longest first pause
 * @param backoffMax the longest pause
 * @param on the error types that are retried, or null for the default: unavailable, timeout, and badResponse with status
 *     408, 425, 429 or 5xx
 */
public record Retry(
        int times,
        Duration backoffMin,
        Duration backoffMax,
        @Nullable Set<ErrorType> on) {}
