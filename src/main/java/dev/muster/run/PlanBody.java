package dev.muster.run;

import dev.muster.plan.Action.ErrorRule;
import dev.muster.plan.Action.Order;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Plan;
import dev.muster.plan.Step;
import dev.muster.plan.Trigger;
import dev.muster.task.Scope;
import dev.muster.task.Task;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The execution of a plan's steps and output, as a run of its own or inside another run. On the run's loop. */
final class PlanBody {

    final RunState run;
    final Program program;
    final PlanDeadline deadline;

    /** The number of enclosing plans. */
    private final int depth;

    private final Plan plan;
    private final Env env;
    private final StepsRun steps;

    /**
     * Creates the execution.
     *
     * @param env the variables; results are added
     * @param caller the step that calls the plan, or null for the plan of the run
     */
    PlanBody(RunState run, Program program, PlanDeadline deadline, Env env, @Nullable StepRun caller) {
        this.run = run;
        this.program = program;
        this.deadline = deadline;
        this.depth = caller == null ? 0 : caller.plan.depth + 1;
        this.plan = program.plan();
        this.env = env;
        var runs = new ArrayList<StepRun>(plan.steps().size());
        for (Step step : plan.steps()) {
            boolean inOutput = program.isInOutput(step);
            String path = caller == null ? step.name() : caller.path + "." + step.name();
            boolean wanted = inOutput && (caller == null || caller.wanted);
            var stepRun = StepRun.of(this, caller, step, path, env, wanted, inOutput || program.isMentioned(step));
            if (caller == null && plan.streamed().contains(step.name())) {
                stepRun.stream();
            }
            if (caller == null && isCheckpoint(step)) {
                stepRun.others = run.kept();
            }
            runs.add(stepRun);
        }
        steps = new StepsRun(runs, env, plan.inOrder(), ErrorRule.FAIL_FAST, plan.inOrder() ? 1 : Integer.MAX_VALUE);
        deadline.live().rest(steps::restSurvives);
    }

    private boolean isCheckpoint(Step step) {
        return plan.trigger() instanceof Trigger.Jobs jobs && jobs.checkpoint().contains(step.name());
    }

    Future<@Nullable Object> run(Scope scope) {
        return steps.run(scope)
                .compose(ignored -> plan.output() == null
                        ? run.weighed(scope, steps.byName(Order.INPUT))
                        : run.evaluate(scope, plan.output(), env));
    }

    /** Executes the plan that a step calls with the verb {@code plan}. */
    static Future<@Nullable Object> call(Scope scope, StepRun step, String name, Map<String, @Nullable Object> input) {
        Program program = step.plan.program.called(name);
        if (program == null) {
            throw new MusterException(ErrorType.NOT_FOUND, "no plan " + name);
        }
        RunState run = step.run;
        Plan plan = program.plan();
        int most = run.limits().planDepth();
        if (step.plan.depth >= most) {
            throw new MusterException(ErrorType.LIMIT, "more than " + most + " nested plans (server.limits.planDepth)");
        }
        checkInput(plan, input);
        var deadline = new PlanDeadline(plan.name(), step.plan.deadline, step.live);
        var body = new PlanBody(run, program, deadline, run.variables(input), step);
        Duration limit = plan.timeout();
        if (limit == null || run.isSequential()) {
            return body.run(scope);
        }
        Task<@Nullable Object> task = scope.start("plan " + plan.name(), body::run);
        deadline.limit(run, task, limit);
        return scope.join(task).onFailure(step::stopped);
    }

    /** Rejects an invalid input, with all its problems. */
    static void checkInput(Plan plan, @Nullable Object input) {
        List<String> problems = plan.input().problems(input);
        if (!problems.isEmpty()) {
            throw new MusterException(
                    ErrorType.BAD_INPUT, "the input of plan " + plan.name() + ": " + String.join("; ", problems));
        }
    }
}
