package dev.muster.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The stages of the steps of one level. Steps of the same stage can run concurrently. The stage of a step is one after the
 * last stage that it waits for.
 */
final class Stages {

    private Stages() {}

    /** The stage of each step, from 1, in the order of the plan. */
    static Map<Step, Integer> of(List<Step> steps, boolean inOrder) {
        Map<Step, Integer> stages = new LinkedHashMap<>();
        if (inOrder) {
            steps.forEach(step -> stages.put(step, stages.size() + 1));
            return stages;
        }
        Map<String, Integer> byName = new HashMap<>();
        for (Step step : sorted(steps)) {
            int stage = 1;
            for (String name : step.dependsOn()) {
                stage = Math.max(stage, byName.getOrDefault(name, 0) + 1);
            }
            byName.put(step.name(), stage);
        }
        steps.forEach(step -> stages.put(step, byName.getOrDefault(step.name(), 1)));
        return stages;
    }

    /** The steps of each stage. */
    static List<List<Step>> listed(List<Step> steps, boolean inOrder) {
        List<List<Step>> stages = new ArrayList<>();
        of(steps, inOrder).forEach((step, stage) -> {
            while (stages.size() < stage) {
                stages.add(new ArrayList<>());
            }
            stages.get(stage - 1).add(step);
        });
        return stages;
    }

    /** The steps in dependency order: each after all steps that it waits for. */
    static List<Step> sorted(List<Step> steps) {
        Map<String, Integer> open = new HashMap<>();
        Map<String, List<Step>> waiters = new HashMap<>();
        List<Step> sorted = new ArrayList<>(steps.size());
        for (Step step : steps) {
            open.put(step.name(), step.dependsOn().size());
            step.dependsOn()
                    .forEach(name -> waiters.computeIfAbsent(name, any -> new ArrayList<>())
                            .add(step));
            if (step.dependsOn().isEmpty()) {
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
}
