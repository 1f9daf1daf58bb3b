package dev.muster.run;

import dev.muster.task.CancelReason;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The steps running inside a run or a step at this moment, and the rules for the deadline of a plan.
 *
 * <p>When the deadline passes, unfinished steps with a default take it, and the run continues only if no other step is
 * unfinished. All steps are therefore asked first whether they survive, and only then is anything stopped.
 */
final class ActiveSteps {

    private final Set<StepRun> steps = new LinkedHashSet<>(2);
    private @Nullable BooleanSupplier restSurvives;

    void add(StepRun step) {
        steps.add(step);
    }

    void remove(StepRun step) {
        steps.remove(step);
    }

    /**
     * Sets the test of whether the steps that have not begun would survive. Without one, nothing inside survives: this is
     * no combinator.
     */
    void rest(BooleanSupplier survives) {
        restSurvives = survives;
    }

    boolean survives() {
        return restSurvives != null
                && restSurvives.getAsBoolean()
                && steps.stream().allMatch(StepRun::survivesDeadline);
    }

    void expire(CancelReason reason) {
        Set.copyOf(steps).forEach(step -> step.expire(reason));
    }
}
