package dev.muster.plan;

import dev.muster.config.Scalar;
import java.util.List;

/** A step whose dependencies are not resolved yet, with the names under {@code after}. */
record StepDraft(Step step, List<Scalar> after) {

    /** The step with its dependencies. */
    Step dependingOn(List<String> names) {
        return new Step(
                step.name(),
                step.named(),
                step.at(),
                step.action(),
                step.policies(),
                step.mentions(),
                List.copyOf(names));
    }
}
