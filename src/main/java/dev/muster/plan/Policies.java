package dev.muster.plan;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a step is done, outermost first.
 *
 * @param when run only if this gives true, or null
 * @param optional whether a failure gives null
 * @param otherwise what a failure gives ({@code default}), or null where none is written
 * @param finallyStep the clean-up, or null
 * @param timeout for all attempts together, or null
 * @param retry or null
 * @param idempotent whether its effects may happen twice
 * @param stream whether its event always carries the value
 * @param more policies of others, by name: their literal or computed values
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

    /** No policy. */
    public static final Policies NONE = new Policies(null, false, null, null, null, null, false, false, Map.of());

    /** Whether a failure of the step is not one of its scope. */
    public boolean survivesFailure() {
        return optional || otherwise != null;
    }
}
