package dev.muster.run;

import dev.muster.connect.Arguments;
import dev.muster.connect.Arguments.CallSession;
import dev.muster.connect.Operation;
import dev.muster.plan.Action.ErrorRule;
import dev.muster.plan.Step;
import dev.muster.plan.VerbCall;
import dev.muster.run.Program.PreparedCall;
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
        PreparedCall prepared = step.plan.program.prepared(call);
        return arguments(scope, step, prepared).compose(arguments -> {
            Operation operation = prepared.operation();
            if (operation == null) {
                return PlanBody.call(scope, step, prepared.call().target(), arguments.map("with"));
            }
            return prepared.hasEffects()
                    ? counted(step, () -> operation.run(scope, arguments))
                    : operation.run(scope, arguments);
        });
    }

    /** Opens the call to be read item by item. */
    static Future<Items<Object>> open(Scope scope, StepRun step, VerbCall call) {
        PreparedCall prepared = step.plan.program.prepared(call);
        return arguments(scope, step, prepared).compose(arguments -> {
            Operation operation = prepared.operation();
            if (operation == null) {
                throw new UnsupportedOperationException("this call does not flow");
            }
            return prepared.hasEffects()
                    ? counted(step, () -> operation.open(scope, arguments))
                    : operation.open(scope, arguments);
        });
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
    private static Future<Arguments> arguments(Scope scope, StepRun step, PreparedCall prepared) {
        VerbCall call = prepared.call();
        return step.run
                .evaluate(scope, prepared.arguments(), step.env)
                .map(values -> new Arguments(
                        (Map<String, @Nullable Object>) values,
                        step.run.id(),
                        step.plan.program.plan().name(),
                        step.path,
                        step.session,
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
