package dev.muster.plan;

import java.time.Duration;
import java.util.Map;
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
 * @param more registered policies, by name: their literal or computed values
 */
public record Policies(
        @Nullable Template when,
        boolean optional,
        @Nullable Template otherwise,
        @Nullable Step finallyStep,
        @Nullable Duration timeout,
        @Nullable Retry retry,
        boolean idempotent,
        boolean stream,
        Map<String, Template> more) {

    /** No policies. */
    public static final Policies NONE = new Policies(null, false, null, null, null, null, false, false, Map.of());

    /** Whether the failure of the step does not fail its scope. */
    public boolean survivesFailure() {
        return optional || otherwise != null;
    }
}
