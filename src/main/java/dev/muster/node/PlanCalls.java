package dev.muster.node;

import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.Problems;
import dev.muster.plan.Plan;
import dev.muster.plan.Step;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The calls inside plans: other plans, called by the verb {@code plan}, sources and queues. */
public final class PlanCalls {

    private static final String VERB = "plan";

    private PlanCalls() {}

    /** Whether one of these files seems to call another plan. Works on unchecked files. */
    static boolean any(List<PlanFile> files) {
        return files.stream()
                .anyMatch(file -> file.read() instanceof Mapping root
                        && root.entries().stream().anyMatch(entry -> mentions(entry.value())));
    }

    /** Reports each cycle of plans once, at the call that closes it. */
    static void check(Map<String, Plan> plans, Problems problems) {
        Set<String> seen = new HashSet<>();
        plans.keySet().forEach(name -> visit(name, plans, new ArrayList<>(), seen, problems));
    }

    private static void visit(
            String name, Map<String, Plan> plans, List<String> way, Set<String> seen, Problems problems) {
        Plan plan = plans.get(name);
        if (plan == null || !seen.add(name)) {
            return;
        }
        way.add(name);
        for (VerbCall call : calls(plan)) {
            int begins = way.indexOf(call.target());
            if (begins >= 0) {
                problems.add(
                        call.at(),
                        "plans call each other in a cycle: " + String.join(" → ", way.subList(begins, way.size()))
                                + " → " + call.target());
            } else {
                refuseStreamed(call, plans.get(call.target()), problems);
                visit(call.target(), plans, way, seen, problems);
            }
        }
        way.remove(way.size() - 1);
    }

    /** Streamed rows go to the caller of a run; a plan that calls another plan gets only its output. */
    private static void refuseStreamed(VerbCall call, @Nullable Plan called, Problems problems) {
        if (called == null) {
            return;
        }
        for (Step step : called.steps()) {
            if (called.streamed().contains(step.name())
                    && step.action() instanceof VerbCall flowing
                    && flowing.words().mustFlow().test(flowing)) {
                problems.add(
                        call.at(),
                        "the rows of " + step.name() + " in plan " + called.name()
                                + " go to the event stream of its caller, so no other plan can call it");
            }
        }
    }

    static Set<String> sources(Collection<Plan> plans) {
        return targets(plans, VerbSpec.Target.SOURCE);
    }

    static Set<String> queues(Collection<Plan> plans) {
        return targets(plans, VerbSpec.Target.QUEUE);
    }

    private static Set<String> targets(Collection<Plan> plans, VerbSpec.Target kind) {
        return plans.stream()
                .flatMap(plan -> all(plan).stream())
                .filter(call -> call.words().target() == kind)
                .map(VerbCall::target)
                .collect(Collectors.toSet());
    }

    /** Whether a plan, or a plan that it calls, has effects. */
    public static boolean hasEffects(Plan plan, Map<String, Plan> plans) {
        return hasEffects(plan, plans, new HashSet<>());
    }

    private static boolean hasEffects(Plan plan, Map<String, Plan> plans, Set<String> seen) {
        return all(plan).stream().anyMatch(call -> {
            Plan called = call.verb().equals(VERB) ? plans.get(call.target()) : null;
            return call.words().effects().test(call)
                    || (called != null && seen.add(called.name()) && hasEffects(called, plans, seen));
        });
    }

    /**
     * The largest number of clean-ups that can run one after the other when a run of the plan is cancelled: the
     * confirmation of the cancel, then each enclosing {@code finally}, including those inside a {@code finally} and
     * inside called plans.
     */
    static int cleanUps(Plan plan, Map<String, Plan> plans) {
        return 1 + cleanUps(plan.steps(), plans, new HashMap<>());
    }

    /** The largest number of {@linkplain #cleanUps(Plan, Map) clean-ups} of these plans; 1 if there are none. */
    static int mostCleanUps(Map<String, Plan> plans) {
        var known = new HashMap<String, Integer>();
        return 1
                + plans.values().stream()
                        .mapToInt(plan -> cleanUps(plan.steps(), plans, known))
                        .max()
                        .orElse(0);
    }

    private static int cleanUps(List<Step> steps, Map<String, Plan> plans, Map<String, Integer> known) {
        int most = 0;
        for (Step step : steps) {
            Step last = step.policies().finallyStep();
            int after = last == null ? 0 : 1 + cleanUps(List.of(last), plans, known);
            int within = cleanUps(step.action().children(), plans, known) + called(step, plans, known);
            most = Math.max(most, within + after);
        }
        return most;
    }

    private static int called(Step step, Map<String, Plan> plans, Map<String, Integer> known) {
        Plan called =
                step.action() instanceof VerbCall call && call.verb().equals(VERB) ? plans.get(call.target()) : null;
        if (called == null) {
            return 0;
        }
        Integer most = known.get(called.name());
        if (most == null) {
            most = cleanUps(called.steps(), plans, known);
            known.put(called.name(), most);
        }
        return most;
    }

    /** All calls of a plan, including those in combinators and in {@code finally} steps. */
    static List<VerbCall> all(Plan plan) {
        return all(plan.steps(), new ArrayList<>());
    }

    private static List<VerbCall> calls(Plan plan) {
        return all(plan).stream().filter(call -> call.verb().equals(VERB)).toList();
    }

    private static List<VerbCall> all(List<Step> steps, List<VerbCall> found) {
        for (Step step : steps) {
            if (step.action() instanceof VerbCall call) {
                found.add(call);
            }
            all(step.action().children(), found);
            Step last = step.policies().finallyStep();
            if (last != null) {
                all(List.of(last), found);
            }
        }
        return found;
    }

    private static boolean mentions(Node node) {
        return node.match(
                scalar -> false,
                sequence -> sequence.items().stream().anyMatch(PlanCalls::mentions),
                mapping -> mapping.has(VERB) || mapping.entries().stream().anyMatch(entry -> mentions(entry.value())));
    }
}
