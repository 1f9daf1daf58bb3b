package dev.muster.run;

import dev.muster.plan.Action.ErrorRule;
import dev.muster.plan.Action.Order;
import dev.muster.plan.Plan;
import dev.muster.plan.Step;
import dev.muster.plan.Trigger;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** The execution of a plan's steps and output, as a run of its own or inside another run. On the run's loop. */
final class PlanBody {

    private final RunState run;
    private final Plan plan;
    private final Env env;
    private final StepsRun steps;

    /**
     * Creates the execution.
     *
     * @param prefix the prefix of the paths of its steps
     * @param env the variables; results are added
     * @param wanted whether the events of its steps can carry their values
     * @param outer the step that calls the plan, or null for a run of its own
     */
    PlanBody(RunState run, StepRun.Place place, String prefix, Env env, boolean wanted, @Nullable StepRun outer) {
        this.run = run;
        this.plan = place.program().plan();
        this.env = env;
        var runs = new ArrayList<StepRun>(plan.steps().size());
        for (Step step : plan.steps()) {
            boolean inOutput = place.program().isInOutput(step);
            var stepRun = new StepRun(
                    run,
                    place,
                    step,
                    prefix + step.name(),
                    env,
                    wanted && inOutput,
                    inOutput || place.program().isMentioned(step));
            stepRun.inside(outer);
            if (place.planDepth() == 0 && plan.streamed().contains(step.name())) {
                stepRun.stream();
            }
            if (place.planDepth() == 0 && isKept(step)) {
                stepRun.others = run.kept();
            }
            runs.add(stepRun);
        }
        steps = new StepsRun(runs, env, plan.inOrder(), ErrorRule.FAIL_FAST, plan.inOrder() ? 1 : Integer.MAX_VALUE);
        if (place.around() != null) {
            place.around().rest(steps::restSurvives);
        }
    }

    private boolean isKept(Step step) {
        return plan.trigger() instanceof Trigger.Jobs jobs && jobs.checkpoint().contains(step.name());
    }

    Future<@Nullable Object> run(Scope scope) {
        return steps.run(scope)
                .compose(ignored -> plan.output() == null
                        ? run.weighed(scope, steps.byName(Order.INPUT))
                        : run.evaluate(scope, plan.output(), env));
    }
}
