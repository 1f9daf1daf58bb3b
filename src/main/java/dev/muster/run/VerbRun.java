package dev.muster.run;

import dev.muster.connect.Arguments;
import dev.muster.connect.Arguments.CallSession;
import dev.muster.plan.ErrorRule;
import dev.muster.plan.Step;
import dev.muster.plan.VerbCall;
import dev.muster.task.Items;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The execution of a verb call: evaluates the arguments, then runs the operation. On the run's loop. */
final class VerbRun {

    private VerbRun() {}

    static Future<@Nullable Object> run(Scope scope, StepRun step, VerbCall call) {
        Act act = step.place.program().act(call);
        return arguments(scope, step, call)
                .compose(arguments -> act.hasEffects()
                        ? counted(step, () -> act.run(scope, step, arguments))
                        : act.run(scope, step, arguments));
    }

    /** Opens the call to be read item by item. */
    static Future<Items<Object>> open(Scope scope, StepRun step, VerbCall call) {
        Act act = step.place.program().act(call);
        return arguments(scope, step, call)
                .compose(arguments -> act.hasEffects()
                        ? counted(step, () -> act.open(scope, arguments))
                        : act.open(scope, arguments));
    }

    /** Counts a call that can change data, unless a cancel finds that it was never sent. */
    private static <T extends @Nullable Object> Future<T> counted(StepRun step, Supplier<Future<T>> call) {
        step.run.effectBegins();
        return call.get().onFailure(thrown -> {
            if (step.foundUnsent()) {
                step.run.effectWasNone();
            }
        });
    }

    @SuppressWarnings("unchecked") // the template is a map of the arguments
    static Future<Arguments> arguments(Scope scope, StepRun step, VerbCall call) {
        return step.run
                .evaluate(scope, step.place.program().words(call), step.env)
                .map(values -> new Arguments(
                        (Map<String, @Nullable Object>) values,
                        step.run.id(),
                        step.place.program().plan().name(),
                        step.path,
                        step.place.session(),
                        call.steps().isEmpty() ? null : (own, session) -> inner(own, step, call, session),
                        step.run.traceContext()));
    }

    /**
     * Runs the steps nested in the call. The time limit of the call covers them, and no default of their own applies at
     * the plan's deadline.
     */
    private static Future<@Nullable Object> inner(Scope scope, StepRun step, VerbCall call, CallSession session) {
        Env frame = step.env.inner();
        var runs = new ArrayList<StepRun>(call.steps().size());
        for (Step inner : call.steps()) {
            runs.add(step.child(inner, CombinatorRun.pathOf(step, inner), frame, session));
        }
        var steps = new StepsRun(runs, frame, true, ErrorRule.FAIL_FAST, 1);
        return steps.run(scope).map(ignored -> steps.last());
    }
}
