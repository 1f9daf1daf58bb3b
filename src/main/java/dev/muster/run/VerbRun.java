package dev.muster.run;

import dev.muster.connect.Arguments;
import dev.muster.plan.VerbCall;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The execution of a verb: its words are computed, then it is done. */
final class VerbRun {

    private VerbRun() {}

    static Future<@Nullable Object> run(Scope scope, StepRun step, VerbCall call) {
        Act act = step.place.program().act(call);
        return arguments(scope, step, call).compose(arguments -> act.run(scope, step, arguments));
    }

    @SuppressWarnings("unchecked") // the template is a map of the words
    static Future<Arguments> arguments(Scope scope, StepRun step, VerbCall call) {
        return step.run
                .evaluate(scope, step.place.program().words(call), step.env)
                .map(values -> new Arguments(
                        (Map<String, @Nullable Object>) values,
                        step.run.id(),
                        step.place.program().plan().name(),
                        step.path));
    }
}
