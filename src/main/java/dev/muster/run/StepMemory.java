package dev.muster.run;

import dev.muster.plan.Action;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbSpec.Target;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * The memory held by one execution of a step, in bytes of JSON: the result of its own call, and what nested steps passed
 * on to it. At its end the step passes on as much as its result contains and releases the rest. A run over many values
 * that keeps none therefore holds only those of one moment. On the run's loop.
 */
final class StepMemory {

    /** The minimum size of a counted result, in bytes of JSON; smaller ones count only if many are kept together. */
    static final long LARGE = 16 << 10;

    private final StepRun step;
    private long json;
    private long result;

    StepMemory(StepRun step) {
        this.step = step;
    }

    /** Whether the step can have memory to count; a step that computes a value, waits or fails has none. */
    boolean mayCount() {
        return !(step.step.action() instanceof VerbCall call)
                || call.words().target() != Target.VALUE && call.words().target() != Target.DURATION;
    }

    /** Counts the result of the step's work; fails with {@code limit} if the node has no memory left. */
    Future<@Nullable Object> count(Scope scope, @Nullable Object value) {
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

    /** Counts results that are kept together, small ones included, once they exceed what is counted. */
    void atLeast(long weight) {
        if (weight - json >= LARGE) {
            holds(weight - json);
        }
    }

    /**
     * Ends the count at the end of the step.
     *
     * @param around the enclosing step, or null for a step of the plan itself
     * @param stays whether the result is still used
     */
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

    /** Whether the result comes from outside; all other results are composed of values of the run. */
    private static boolean brings(Action action) {
        return action instanceof VerbCall call
                && call.steps().isEmpty()
                && call.words().target() != Target.PLAN;
    }
}
