package dev.muster.plan;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the steps whose items flow one by one, instead of being kept as a list: into an {@code each} beside them, or to the
 * caller's stream.
 *
 * <p>Into an {@code each} needs a level whose output is written, or all results would be wanted whole; an {@code each} over
 * nothing but the step's name; and nobody else who mentions that step or waits for its end. To the caller's stream go the
 * items of a step of the plan itself that nobody mentions, if its result can only flow, or if it says {@code stream} beside
 * an output. What would have to be taken back when half of the items have gone by does not flow: a step with {@code retry},
 * {@code optional}, {@code default} or a policy of others, and an {@code each} with {@code retry} or such a policy; into an
 * {@code each}, a step with {@code stream} neither.
 */
final class Flows {

    private Flows() {}

    /** The steps, where it applies with {@link Action.Each#flowsFrom}. */
    static List<Step> within(Parsing parsing, List<Step> steps, @Nullable Template output) {
        if (output == null || steps.stream().noneMatch(step -> step.action() instanceof Action.Each)) {
            return steps;
        }
        Set<String> whole = output.references();
        Map<String, Integer> waiters = new HashMap<>();
        Map<String, Step> named = new HashMap<>();
        for (Step step : steps) {
            step.dependsOn().forEach(name -> waiters.merge(name, 1, Integer::sum));
            if (step.named()) {
                named.put(step.name(), step);
            }
        }
        return steps.stream()
                .map(step -> {
                    String source = sourceOf(step);
                    boolean flows = source != null
                            && named.containsKey(source)
                            && !whole.contains(source)
                            && waiters.getOrDefault(source, 0) == 1
                            && !named.get(source).policies().stream()
                            && canFlow(parsing, named.get(source));
                    return flows && source != null ? flowing(step, source) : step;
                })
                .toList();
    }

    /**
     * The names of a plan's steps whose items go to the caller's stream: those that flow, or say {@code stream} and can, and
     * that nobody mentions.
     */
    static Set<String> streamed(Parsing parsing, List<Step> steps, @Nullable Template output) {
        Set<String> mentioned = new HashSet<>(output == null ? Set.of() : output.references());
        steps.forEach(step -> mentioned.addAll(step.mentions()));
        return steps.stream()
                .filter(step -> step.named() && !mentioned.contains(step.name()))
                .filter(step -> canFlow(parsing, step))
                .filter(step -> mustFlow(parsing, step) || (step.policies().stream() && output != null))
                .map(Step::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static boolean mustFlow(Parsing parsing, Step step) {
        return step.action() instanceof VerbCall call
                && parsing.isSound(call)
                && call.words().mustFlow().test(call);
    }

    /** Notes the steps whose results can only flow, and have nowhere to flow to; some go to the caller's stream. */
    static void refuseWhole(Parsing parsing, List<Step> steps, Set<String> streamed) {
        Set<String> flowing = new HashSet<>(streamed);
        for (Step step : steps) {
            if (step.action() instanceof Action.Each each && each.flowsFrom() != null) {
                flowing.add(each.flowsFrom());
            }
        }
        for (Step step : steps) {
            if (mustFlow(parsing, step) && !(step.named() && flowing.contains(step.name()))) {
                parsing.problem(
                        step.at(),
                        "the result of " + (step.named() ? "\"" + step.name() + "\"" : "this step")
                                + " flows and may not be used whole: it goes into an each beside it, over nothing but its"
                                + " name, in a level with an output, or as a step of the plan itself that nobody mentions"
                                + " to the caller's stream; and no policy may hold it (retry, optional, default)");
            }
            refuseWhole(parsing, step.action().children(), Set.of());
            if (step.policies().finallyStep() != null) {
                refuseWhole(parsing, List.of(step.policies().finallyStep()), Set.of());
            }
        }
    }

    /** The name that the list of an {@code each} consists of, if it could flow and nothing else in it mentions the name. */
    private static @Nullable String sourceOf(Step step) {
        if (!(step.action() instanceof Action.Each each)
                || !(each.list() instanceof Template.Computed list)
                || step.policies().retry() != null
                || !step.policies().more().isEmpty()) {
            return null;
        }
        String name = list.expression().source().strip();
        boolean bare =
                list.expression().isPath() && list.expression().references().equals(Set.of(name));
        Action.Each rest = new Action.Each(
                new Template.Literal(null),
                null,
                each.as(),
                each.body(),
                each.concurrency(),
                each.errors(),
                each.order());
        return bare && !Mentions.of(rest, step.policies()).contains(name) ? name : null;
    }

    private static boolean canFlow(Parsing parsing, Step step) {
        Policies policies = step.policies();
        return step.action() instanceof VerbCall call
                && policies.retry() == null
                && !policies.survivesFailure()
                && policies.more().isEmpty()
                && parsing.isSound(call)
                && call.words().canFlow().test(call);
    }

    private static Step flowing(Step step, String source) {
        Action.Each each = (Action.Each) step.action();
        Action.Each flowing = new Action.Each(
                each.list(), source, each.as(), each.body(), each.concurrency(), each.errors(), each.order());
        return new Step(
                step.name(), step.named(), step.at(), flowing, step.policies(), step.mentions(), step.dependsOn());
    }
}
