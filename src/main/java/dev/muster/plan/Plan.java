package dev.muster.plan;

import dev.muster.config.Position;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A checked plan. Immutable, and safe on any thread.
 *
 * @param name the name under {@code plan}
 * @param at where the plan begins in its file
 * @param input the input
 * @param expose the HTTP endpoint, or null
 * @param isPublic whether the endpoint needs no authentication
 * @param adhoc whether ad-hoc plans may run this plan
 * @param trigger what starts runs without a caller, or null
 * @param timeout the time-out of a run, or null for the default
 * @param inOrder whether the steps were written as a list and run one after another
 * @param steps the steps
 * @param streamed the names of the steps whose items are streamed to the caller one by one
 * @param output the result of a run, or null for the map of all results
 */
public record Plan(
        String name,
        Position at,
        InputSpec input,
        @Nullable Expose expose,
        boolean isPublic,
        boolean adhoc,
        @Nullable Trigger trigger,
        @Nullable Duration timeout,
        boolean inOrder,
        List<Step> steps,
        Set<String> streamed,
        @Nullable Template output) {

    /**
     * The HTTP endpoint of a plan.
     *
     * @param method the HTTP method, in upper case
     * @param path the path, with {@code {name}} for an input
     */
    public record Expose(String method, String path) {}
}
