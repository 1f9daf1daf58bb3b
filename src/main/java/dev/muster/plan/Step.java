package dev.muster.plan;

import dev.muster.config.Position;
import java.util.List;
import java.util.Set;

/**
 * A step: a node of a plan. Immutable.
 *
 * @param name the name in its scope; in a list without names, the index from 0 as text
 * @param named whether the name was written, so that other steps can mention it
 * @param at the position in the file
 * @param action the action
 * @param policies the policies
 * @param mentions the free variables of the action, the policies and the inner steps
 * @param dependsOn the steps of the same level that it waits for, by mention or {@code after}, in the order of the plan
 */
public record Step(
        String name,
        boolean named,
        Position at,
        Action action,
        Policies policies,
        Set<String> mentions,
        List<String> dependsOn) {}
