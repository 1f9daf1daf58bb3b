package dev.muster.plan;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names that a plan can mention: sources, functions, plans and queues.
 *
 * @param sources the kind of each source, by the source's name
 * @param functions names of functions, or null to accept any
 * @param plans names of plans
 * @param queues names of queues
 */
public record Known(
        Map<String, String> sources, @Nullable Set<String> functions, Set<String> plans, Set<String> queues) {}
