package dev.muster.plan;

import dev.muster.config.Scalar;
import java.util.List;

/** A step that does not know yet which steps beside it it waits for, with the names under {@code after}. */
record StepDraft(Step step, List<Scalar> after) {

    /** The step, waiting for these. */
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
