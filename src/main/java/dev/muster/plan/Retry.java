package dev.muster.plan;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How often and when a failed step is tried again: full jitter between nothing and a pause that doubles.
 *
 * @param times tries after the first
 * @param backoffMin the first pause at most
 * @param backoffMax every pause at most
 * @param on the types of errors that are tried again, or null for the default: unavailable, timeout, and badResponse with
 *     status 408, 425, 429 or 5xx
 */
public record Retry(
        int times,
        Duration backoffMin,
        Duration backoffMax,
        @Nullable Set<ErrorType> on) {}
