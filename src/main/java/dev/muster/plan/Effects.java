package dev.muster.plan;

import java.util.List;
import java.util.Optional;

/** Refuses retries of what may change something, unless the plan says that doing it twice does no harm. */
final class Effects {

    private Effects() {}

    /** Checks steps and everything inside. */
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

    /** The first call with effects that a retry would repeat; the clean-up of the step itself runs once. */
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
                + " may change something, and would do so twice; if that does no harm, say idempotent: true";
    }

    private static String label(Step step) {
        return step.named()
                ? "the step \"" + step.name() + "\""
                : "the step in line " + step.at().line();
    }
}
