package dev.muster.plan;

import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The free variables of a step: the variables that it mentions and does not define itself. */
final class FreeVariables {

    private FreeVariables() {}

    /** The free variables of a step's action, its policies and everything inside. */
    static Set<String> of(Action action, Policies policies) {
        Set<String> names = new TreeSet<>(of(action));
        add(policies.when(), names);
        add(policies.otherwise(), names);
        policies.more().values().forEach(value -> add(value, names));
        if (policies.finallyStep() != null) {
            names.addAll(policies.finallyStep().mentions());
        }
        return Collections.unmodifiableSet(names);
    }

    private static Set<String> of(Action action) {
        Set<String> names = new TreeSet<>();
        action.children().forEach(child -> names.addAll(child.mentions()));
        if (action instanceof VerbCall call) {
            names.removeAll(namesOf(call.steps()));
            call.values().values().forEach(value -> add(value, names));
        } else if (action instanceof Action.Each each) {
            names.remove(each.as());
            add(each.list(), names);
        } else {
            if (action instanceof Action.Group group) {
                add(group.output(), names);
            }
            names.removeAll(namesOf(action.children()));
        }
        return names;
    }

    /** The names of the steps that have one. */
    static Set<String> namesOf(Collection<Step> steps) {
        Set<String> names = new TreeSet<>();
        steps.stream().filter(Step::named).forEach(step -> names.add(step.name()));
        return names;
    }

    private static void add(@Nullable Template template, Set<String> names) {
        if (template != null) {
            names.addAll(template.references());
        }
    }
}
