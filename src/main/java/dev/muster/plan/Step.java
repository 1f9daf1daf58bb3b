package dev.muster.plan;

import dev.muster.config.Position;
import java.util.List;
import java.util.Set;

/**
 * A node of a plan.
 *
 * @param name its name in its scope; in a list without names, its index from 0 as text
 * @param named whether that name was written, so that others may mention it
 * @param at where it stands
 * @param action what it does
 * @param policies how it is done
 * @param mentions all variables that it mentions and does not define itself: itself, its policies, its inner steps
 * @param dependsOn the steps beside it that it waits for, by mention or {@code after}, in the order of the plan
 */
public record Step(
        String name,
        boolean named,
        Position at,
        Action action,
        Policies policies,
        Set<String> mentions,
        List<String> dependsOn) {}
