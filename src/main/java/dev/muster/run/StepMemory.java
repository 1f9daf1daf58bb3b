package dev.muster.run;

import dev.muster.plan.Action;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbWords.Target;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * What one execution of a step holds of the run's memory, in bytes of JSON: what its own call brought, and what the steps inside it
 * left to it. At its end it leaves to the step around it as much as its result takes of that, and lets go of the rest. So a run
 * that goes over many values, and keeps none, holds those of one moment. On the run's loop.
 */
final class StepMemory {

    /** Smaller results are not counted, unless many are kept together. */
    static final long LARGE = 16 << 10;

    private final StepRun step;
    private long json;
    private long result;

    StepMemory(StepRun step) {
        this.step = step;
    }

    /** Whether there may be something to count: what computes a value, waits or fails has nothing. */
    boolean mayCount() {
        return !(step.step.action() instanceof VerbCall call)
                || call.words().target() != Target.VALUE && call.words().target() != Target.DURATION;
    }

    /** Counts what the step's work gave; fails with {@code limit} where the node has not as much memory. */
    Future<@Nullable Object> given(Scope scope, @Nullable Object value) {
        boolean brings = brings(step.step.action());
        if (value == null || !brings && json == 0) {
            return Future.succeededFuture(value);
        }
        Future<Long> weight = step.run.weight(scope, value);
        return weight.succeeded()
                ? weighed(value, weight.result(), brings)
                : weight.compose(w -> weighed(value, w, brings));
    }

    private Future<@Nullable Object> weighed(@Nullable Object value, long weight, boolean brings) {
        if (brings && weight >= LARGE) {
            holds(weight);
        }
        result = weight;
        return Future.succeededFuture(value);
    }

    /** Counts results that are kept together, small ones too, once they are more than what is counted. */
    void atLeast(long weight) {
        if (weight - json >= LARGE) {
            holds(weight - json);
        }
    }

    /** The step is over. */
    void end(@Nullable StepRun around, boolean stays) {
        long left = stays ? Math.min(json, result) : 0;
        step.run.letsGo(json - left);
        json = 0;
        if (around == null) {
            step.run.keeps(left);
        } else {
            around.held.json += left;
        }
    }

    private void holds(long weight) {
        step.run.holds(weight, step.isCleanUp());
        json += weight;
    }

    /** Whether a result comes from outside: all others are made of values of the run. */
    private static boolean brings(Action action) {
        return action instanceof VerbCall call
                && call.steps().isEmpty()
                && call.words().target() != Target.PLAN;
    }
}
