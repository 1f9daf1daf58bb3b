package dev.muster.plan;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The side effects of plans outside Muster. Rejects retries of steps with side effects that are not marked idempotent. Safe
 * on any thread.
 */
public final class Effects {

    private static final String PLAN = "plan";

    private Effects() {}

    /**
     * Whether a run of a plan can have side effects.
     *
     * @param plans returns a plan by its name; an unknown plan counts as having side effects
     */
    public static boolean of(Plan plan, Function<String, @Nullable Plan> plans) {
        return any(plan.steps(), plans, new HashSet<>(Set.of(plan.name())));
    }

    private static boolean any(List<Step> steps, Function<String, @Nullable Plan> plans, Set<String> seen) {
        return steps.stream().anyMatch(step -> any(step, plans, seen));
    }

    private static boolean any(Step step, Function<String, @Nullable Plan> plans, Set<String> seen) {
        Step cleanUp = step.policies().finallyStep();
        if (cleanUp != null && any(cleanUp, plans, seen)) {
            return true;
        }
        if (step.action() instanceof VerbCall call) {
            if (call.words().effects().test(call)) {
                return true;
            }
            if (call.verb().equals(PLAN) && seen.add(call.target())) {
                Plan other = plans.apply(call.target());
                if (other == null || any(other.steps(), plans, seen)) {
                    return true;
                }
            }
        }
        return any(step.action().children(), plans, seen);
    }

    /** Notes a problem for each step that retries side effects, in {@code steps} and everything inside. */
    static void check(Parsing parsing, List<Step> steps) {
        for (Step step : steps) {
            if (step.policies().retry() != null) {
                Optional<Step> changing = changing(parsing, step, true);
                changing.ifPresent(culprit -> parsing.problem(step.at(), message(step, culprit)));
            }
            check(parsing, step.action().children());
            if (step.policies().finallyStep() != null) {
                check(parsing, List.of(step.policies().finallyStep()));
            }
        }
    }

    /** The first call with side effects that a retry would repeat. The clean-up of the step itself runs once, so it is not considered. */
    private static Optional<Step> changing(Parsing parsing, Step step, boolean itself) {
        if (step.policies().idempotent()) {
            return Optional.empty();
        }
        if (step.action() instanceof VerbCall call
                && parsing.isSound(call)
                && call.words().effects().test(call)) {
            return Optional.of(step);
        }
        Step cleanUp = step.policies().finallyStep();
        if (!itself && cleanUp != null) {
            Optional<Step> found = changing(parsing, cleanUp, false);
            if (found.isPresent()) {
                return found;
            }
        }
        return step.action().children().stream()
                .map(child -> changing(parsing, child, false))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static String message(Step step, Step culprit) {
        String verb = ((VerbCall) culprit.action()).verb();
        String what = culprit == step ? verb + " here" : verb + " of " + label(culprit);
        return "retry of " + label(step) + ": " + what
                + " has effects, and a retry would repeat them; if that does no harm, set idempotent: true";
    }

    private static String label(Step step) {
        return step.named()
                ? "the step \"" + step.name() + "\""
                : "the step in line " + step.at().line();
    }
}
