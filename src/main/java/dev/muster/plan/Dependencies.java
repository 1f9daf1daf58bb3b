package dev.muster.plan;

import dev.muster.config.Position;
import dev.muster.config.Scalar;
import dev.muster.config.Suggest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The dependencies between the steps of one level. Rejects cycles. */
final class Dependencies {

    private static final int CYCLES_SHOWN = 20;

    private final Parsing parsing;
    private final NameScope level;
    private final Map<String, Integer> order = new HashMap<>();

    private Dependencies(Parsing parsing, List<StepDraft> drafts, NameScope level) {
        this.parsing = parsing;
        this.level = level;
        for (int i = 0; i < drafts.size(); i++) {
            if (drafts.get(i).step().named()) {
                order.putIfAbsent(drafts.get(i).step().name(), i);
            }
        }
    }

    /** The steps with the names of the steps that each waits for. */
    static List<Step> link(Parsing parsing, List<StepDraft> drafts, NameScope level) {
        Dependencies dependencies = new Dependencies(parsing, drafts, level);
        List<Step> steps = new ArrayList<>(drafts.size());
        for (int i = 0; i < drafts.size(); i++) {
            steps.add(drafts.get(i).dependingOn(dependencies.of(drafts.get(i), i)));
        }
        if (level.rule() == NameScope.Rule.BESIDE) {
            dependencies.refuseCycles(steps);
        }
        return List.copyOf(steps);
    }

    /** Notes a problem for each {@code after} of a step that stands alone. */
    static void refuseAfter(Parsing parsing, StepDraft draft) {
        draft.after()
                .forEach(name -> parsing.problem(name.at(), "this step has no siblings, so it cannot wait for any"));
    }

    private List<String> of(StepDraft draft, int index) {
        Set<String> names = new LinkedHashSet<>();
        draft.step().mentions().stream().filter(order::containsKey).forEach(names::add);
        for (Scalar after : draft.after()) {
            if (isAllowed(draft.step(), index, after)) {
                names.add(after.text());
            }
        }
        List<String> sorted = new ArrayList<>(names);
        sorted.removeIf(name -> !order.containsKey(name));
        sorted.sort(Comparator.comparing(order::get));
        return sorted;
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
        Map<String, List<String>> waiters = new HashMap<>();
        Map<String, Integer> open = new HashMap<>();
        List<String> free = new ArrayList<>();
        for (Step step : waiting.values()) {
            int count = 0;
            for (String name : step.dependsOn()) {
                if (waiting.containsKey(name)) {
                    waiters.computeIfAbsent(name, any -> new ArrayList<>()).add(step.name());
                    count++;
                }
            }
            open.put(step.name(), count);
            if (count == 0) {
                free.add(step.name());
            }
        }
        for (int i = 0; i < free.size(); i++) {
            waiting.remove(free.get(i));
            for (String waiter : waiters.getOrDefault(free.get(i), List.of())) {
                if (open.merge(waiter, -1, Integer::sum) == 0) {
                    free.add(waiter);
                }
            }
        }
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
                .map(step -> step.name() + " (" + place(step.at()) + ") → ")
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

    private static String place(Position at) {
        return at.line() + ":" + at.column();
    }
}
