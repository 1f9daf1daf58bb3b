package dev.muster.run;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Plan;
import dev.muster.task.Scope;
import dev.muster.task.Task;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The execution of a plan as a part of another plan's run: the verb {@code plan}. On the run's loop. */
final class NestedPlan {

    private NestedPlan() {}

    static Future<@Nullable Object> run(
            Scope scope, StepRun step, Program program, Map<String, @Nullable Object> input) {
        Plan plan = program.plan();
        int depth = step.place.planDepth() + 1;
        int most = step.run.limits().planDepth();
        if (depth > most) {
            throw new MusterException(ErrorType.LIMIT, "more than " + most + " nested plans (server.limits.planDepth)");
        }
        List<String> problems = plan.input().problems(input);
        if (!problems.isEmpty()) {
            throw new MusterException(
                    ErrorType.BAD_INPUT, "the input of plan " + plan.name() + ": " + String.join("; ", problems));
        }
        var time = new PlanDeadline(plan.name(), step.place.time(), step.live);
        var place = new StepRun.Place(program, step.live, depth, time);
        var body = new PlanBody(step.run, place, step.path + ".", step.run.variables(input), step.wanted, step);
        Duration limit = plan.timeout();
        if (limit == null || step.run.isSequential()) {
            return body.run(scope);
        }
        Task<@Nullable Object> task = scope.start("plan " + plan.name(), body::run);
        time.limit(step.run, task, limit);
        return scope.join(task).onFailure(step::stopped);
    }
}
