package dev.muster.plan;

import dev.muster.config.Position;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is written in a plan file, checked: immutable, and safe on every thread.
 *
 * @param name the name under {@code plan}
 * @param at where it begins
 * @param input what it takes
 * @param expose where it is an endpoint, or null
 * @param isPublic whether that endpoint needs no caller
 * @param adhoc whether ad-hoc plans may use it
 * @param trigger what runs it without a caller, or null
 * @param timeout the run's, or null for the default
 * @param inOrder whether the steps were written as a list and run one after another
 * @param steps the steps
 * @param streamed the names of those whose items go to the caller one by one, as they come
 * @param output what the run gives, or null for the map of all results
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
     * The endpoint of a plan.
     *
     * @param method upper case
     * @param path with {@code {name}} for input
     */
    public record Expose(String method, String path) {}
}
