package dev.muster.plan;

import dev.muster.config.Scalar;
import dev.muster.config.Suggest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The dependencies between the steps of one level: which step waits for which, and in which order they can run. Rejects
 * cycles.
 */
final class Dependencies {

    private static final int CYCLES_SHOWN = 20;

    private final Parsing parsing;
    private final NameScope level;
    private final Map<String, Integer> order = new HashMap<>();

    /** A step whose dependencies are not resolved yet, with the names under {@code after}. */
    record Draft(Step step, List<Scalar> after) {}

    private Dependencies(Parsing parsing, List<Draft> drafts, NameScope level) {
        this.parsing = parsing;
        this.level = level;
        for (int i = 0; i < drafts.size(); i++) {
            if (drafts.get(i).step().named()) {
                order.putIfAbsent(drafts.get(i).step().name(), i);
            }
        }
    }

    /** The steps with the names of the steps that each waits for. */
    static List<Step> link(Parsing parsing, List<Draft> drafts, NameScope level) {
        Dependencies dependencies = new Dependencies(parsing, drafts, level);
        List<Step> steps = new ArrayList<>(drafts.size());
        for (int i = 0; i < drafts.size(); i++) {
            Step step = drafts.get(i).step();
            List<String> dependsOn = dependencies.of(drafts.get(i), i);
            steps.add(new Step(
                    step.name(), step.named(), step.at(), step.action(), step.policies(), step.mentions(), dependsOn));
        }
        if (level.rule() == NameScope.Rule.BESIDE) {
            dependencies.refuseCycles(steps);
        }
        return List.copyOf(steps);
    }

    /** Notes a problem for each {@code after} of a step that stands alone. */
    static void refuseAfter(Parsing parsing, Draft draft) {
        draft.after()
                .forEach(name -> parsing.problem(name.at(), "this step has no siblings, so it cannot wait for any"));
    }

    private List<String> of(Draft draft, int index) {
        Set<String> names = new LinkedHashSet<>();
        draft.step().mentions().stream().filter(order::containsKey).forEach(names::add);
        for (Scalar after : draft.after()) {
            if (isAllowed(draft.step(), index, after)) {
                names.add(after.text());
            }
        }
        return names.stream()
                .filter(order::containsKey)
                .sorted(Comparator.comparing(order::get))
                .toList();
    }

    private boolean isAllowed(Step step, int index, Scalar after) {
        String name = after.text();
        Set<String> others = new TreeSet<>(level.siblings().keySet());
        others.remove(step.name());
        if (step.named() && name.equals(step.name())) {
            parsing.problem(after.at(), "the step \"" + name + "\" cannot wait for itself");
        } else if (!level.siblings().containsKey(name)) {
            parsing.problem(
                    after.at(), "no step \"" + name + "\" is a sibling of this one" + Suggest.didYouMean(name, others));
        } else if (level.rule() == NameScope.Rule.APART) {
            parsing.problem(after.at(), "branches cannot wait for each other: \"" + name + "\"");
        } else if (level.rule() == NameScope.Rule.IN_ORDER && order.getOrDefault(name, 0) > index) {
            parsing.problem(
                    after.at(), "\"" + name + "\" comes later; in a list a step can only wait for those before it");
        } else {
            return true;
        }
        return false;
    }

    private void refuseCycles(List<Step> steps) {
        Map<String, Step> waiting = new LinkedHashMap<>();
        steps.stream().filter(Step::named).forEach(step -> waiting.putIfAbsent(step.name(), step));
        removeFree(waiting);
        for (int shown = 0; !waiting.isEmpty() && shown < CYCLES_SHOWN; shown++) {
            List<Step> cycle = cycleFrom(waiting);
            report(cycle);
            cycle.forEach(step -> waiting.remove(step.name()));
            removeFree(waiting);
        }
    }

    /** Removes every step that waits for no other remaining step, repeatedly. The remaining steps are on a cycle or wait for one. */
    private static void removeFree(Map<String, Step> waiting) {
        sorted(List.copyOf(waiting.values())).forEach(step -> waiting.remove(step.name()));
    }

    private static List<Step> cycleFrom(Map<String, Step> waiting) {
        List<Step> path = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        Step step = waiting.values().iterator().next();
        while (!seen.containsKey(step.name())) {
            seen.put(step.name(), path.size());
            path.add(step);
            String next = step.dependsOn().stream()
                    .filter(waiting::containsKey)
                    .findFirst()
                    .orElseThrow();
            step = Objects.requireNonNull(waiting.get(next));
        }
        return path.subList(seen.get(step.name()), path.size());
    }

    private void report(List<Step> found) {
        List<Step> cycle = fromFirstWritten(found);
        Step first = cycle.get(0);
        if (cycle.size() == 1) {
            parsing.problem(
                    first.at(), "the step \"" + first.name() + "\" waits for itself: it refers to its own name");
            return;
        }
        String names = cycle.stream()
                .map(step ->
                        step.name() + " (" + step.at().line() + ":" + step.at().column() + ") → ")
                .collect(Collectors.joining("", "", first.name()));
        parsing.problem(first.at(), "the steps wait for each other: " + names);
    }

    private static List<Step> fromFirstWritten(List<Step> cycle) {
        int first = 0;
        for (int i = 1; i < cycle.size(); i++) {
            if (cycle.get(i).at().compareTo(cycle.get(first).at()) < 0) {
                first = i;
            }
        }
        List<Step> turned = new ArrayList<>(cycle.subList(first, cycle.size()));
        turned.addAll(cycle.subList(0, first));
        return turned;
    }

    /**
     * The steps in dependency order: each after all steps of the list that it waits for. Without those that are on a cycle or
     * wait for one.
     */
    static List<Step> sorted(List<Step> steps) {
        Set<String> names = new HashSet<>();
        steps.forEach(step -> names.add(step.name()));
        Map<String, Integer> open = new HashMap<>();
        Map<String, List<Step>> waiters = new HashMap<>();
        List<Step> sorted = new ArrayList<>(steps.size());
        for (Step step : steps) {
            int count = 0;
            for (String name : step.dependsOn()) {
                if (names.contains(name)) {
                    waiters.computeIfAbsent(name, any -> new ArrayList<>()).add(step);
                    count++;
                }
            }
            open.put(step.name(), count);
            if (count == 0) {
                sorted.add(step);
            }
        }
        for (int i = 0; i < sorted.size(); i++) {
            for (Step waiter : waiters.getOrDefault(sorted.get(i).name(), List.of())) {
                if (open.merge(waiter.name(), -1, Integer::sum) == 0) {
                    sorted.add(waiter);
                }
            }
        }
        return sorted;
    }

    /**
     * The steps by stage. Steps of the same stage can run concurrently. The stage of a step is one after the last stage that
     * it waits for; if the steps run in order, each is a stage.
     */
    static List<List<Step>> stages(List<Step> steps, boolean inOrder) {
        List<List<Step>> stages = new ArrayList<>();
        if (inOrder) {
            steps.forEach(step -> stages.add(List.of(step)));
            return stages;
        }
        Map<String, Integer> stageOf = new HashMap<>();
        for (Step step : sorted(steps)) {
            int stage = 0;
            for (String name : step.dependsOn()) {
                stage = Math.max(stage, stageOf.getOrDefault(name, -1) + 1);
            }
            stageOf.put(step.name(), stage);
        }
        for (Step step : steps) {
            int stage = stageOf.getOrDefault(step.name(), 0);
            while (stages.size() <= stage) {
                stages.add(new ArrayList<>());
            }
            stages.get(stage).add(step);
        }
        return stages;
    }

    /** The free variables of a step: the variables that its action, its policies and everything inside mention and do not define. */
    static Set<String> freeVariables(Action action, Policies policies) {
        Set<String> names = freeVariables(action);
        addReferences(policies.when(), names);
        addReferences(policies.otherwise(), names);
        if (policies.finallyStep() != null) {
            names.addAll(policies.finallyStep().mentions());
        }
        return Collections.unmodifiableSet(names);
    }

    private static Set<String> freeVariables(Action action) {
        Set<String> names = new TreeSet<>();
        action.children().forEach(child -> names.addAll(child.mentions()));
        if (action instanceof Action.Each each) {
            names.remove(each.as());
            addReferences(each.list(), names);
            return names;
        }
        if (action instanceof Action.Group group) {
            addReferences(group.output(), names);
        }
        action.children().stream().filter(Step::named).forEach(step -> names.remove(step.name()));
        if (action instanceof VerbCall call) {
            call.values().values().forEach(value -> addReferences(value, names));
        }
        return names;
    }

    private static void addReferences(@Nullable Template template, Set<String> names) {
        if (template != null) {
            names.addAll(template.references());
        }
    }
}
