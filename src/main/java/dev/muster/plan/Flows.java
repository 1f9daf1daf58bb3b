package dev.muster.plan;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The steps whose items are streamed one by one instead of being kept as a list. The items go to an {@code each} on the same
 * level, or to the caller's stream.
 *
 * <p>Items go to an {@code each} if the level has an output (without one, the result is the map of all whole results), the
 * {@code each} has only the step's name as its list, and no other step mentions that step or waits for its end.
 *
 * <p>Items go to the caller's stream if the step belongs to the plan itself, no step and no output mentions it, and its
 * result can only be streamed, or it says {@code stream} and the plan has an output.
 *
 * <p>A step whose items cannot be taken back after some were delivered is not streamed: a step with {@code retry},
 * {@code optional} or {@code default}, and an {@code each} with {@code retry}. A step with {@code stream} does not stream
 * into an {@code each}.
 */
final class Flows {

    private Flows() {}

    /** The steps, with {@link Action.Each#flowsFrom} set where the items of another step are streamed into an {@code each}. */
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
     * The names of a plan's steps whose items go to the caller's stream: steps that nothing mentions and that must be
     * streamed, or that say {@code stream} and can be.
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

    /**
     * Notes a problem for each step whose result can only be streamed, but has no reader. Steps in {@code streamed} have the
     * caller's stream.
     */
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
                                + " is a stream and cannot be used as a whole: read it in a sibling each over just its name,"
                                + " in a level with an output, or, in a step of the plan itself that no other step uses,"
                                + " send it to the caller's stream; retry, optional and default are not possible");
            }
            refuseWhole(parsing, step.action().children(), Set.of());
            if (step.policies().finallyStep() != null) {
                refuseWhole(parsing, List.of(step.policies().finallyStep()), Set.of());
            }
        }
    }

    /**
     * The step whose name is the whole list of an {@code each}. Null if the {@code each} cannot read a stream or mentions
     * the name elsewhere.
     */
    private static @Nullable String sourceOf(Step step) {
        if (!(step.action() instanceof Action.Each each)
                || !(each.list() instanceof Template.Computed list)
                || step.policies().retry() != null) {
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
        return bare && !Dependencies.freeVariables(rest, step.policies()).contains(name) ? name : null;
    }

    private static boolean canFlow(Parsing parsing, Step step) {
        Policies policies = step.policies();
        return step.action() instanceof VerbCall call
                && policies.retry() == null
                && !policies.survivesFailure()
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
