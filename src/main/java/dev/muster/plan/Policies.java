package dev.muster.plan;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The policies of a step. Immutable.
 *
 * @param when the condition: the step runs only if it evaluates to true; or null
 * @param optional whether the result of a failure is null
 * @param otherwise the result of a failure ({@code default}), or null if none is written
 * @param finallyStep the clean-up step, or null
 * @param timeout the time-out of all attempts together, or null
 * @param retry the retries, or null for none
 * @param idempotent whether the side effects can safely happen twice
 * @param stream whether the step's event carries the value even if the output does not mention the step
 */
public record Policies(
        @Nullable Template when,
        boolean optional,
        @Nullable Template otherwise,
        @Nullable Step finallyStep,
        @Nullable Duration timeout,
        @Nullable Retry retry,
        boolean idempotent,
        boolean stream) {

    /** No policies. */
    public static final Policies NONE = new Policies(null, false, null, null, null, null, false, false);

    /** Whether the failure of the step does not fail its scope. */
    public boolean survivesFailure() {
        return optional || otherwise != null;
    }

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
}
