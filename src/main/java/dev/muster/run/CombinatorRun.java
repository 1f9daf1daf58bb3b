package dev.muster.run;

import dev.muster.plan.Action;
import dev.muster.plan.Action.ErrorRule;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Step;
import dev.muster.task.Race;
import dev.muster.task.Scope;
import dev.muster.task.Task;
import dev.muster.task.Wait;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The combinators of the plan language, mapped to those of the kernel. On the run's loop. */
final class CombinatorRun {

    private CombinatorRun() {}

    static Future<@Nullable Object> run(Scope scope, StepRun step, Action action) {
        if (action instanceof Action.Gather gather) {
            return gather(scope, step, gather);
        }
        if (action instanceof Action.Each each) {
            return EachRun.run(scope, step, each);
        }
        if (action instanceof Action.Race race) {
            return race(scope, step, race);
        }
        if (action instanceof Action.Wait wait) {
            return await(scope, step, wait);
        }
        if (action instanceof Action.Sequence sequence) {
            Env frame = step.env.inner();
            var steps = side(step, sequence.steps(), frame, true, ErrorRule.FAIL_FAST, 1);
            return steps.run(scope).map(ignored -> steps.last());
        }
        return group(scope, step, (Action.Group) action);
    }

    private static Future<@Nullable Object> gather(Scope scope, StepRun step, Action.Gather gather) {
        var steps = side(step, gather.steps(), step.env.inner(), false, gather.errors(), gather.concurrency());
        return steps.run(scope)
                .compose(ignored -> step.run.weighed(
                        scope, gather.asMap() ? steps.byName(gather.order()) : steps.asList(gather.order())));
    }

    private static Future<@Nullable Object> group(Scope scope, StepRun step, Action.Group group) {
        Env frame = step.env.inner();
        var steps = side(step, group.steps(), frame, false, ErrorRule.FAIL_FAST, Integer.MAX_VALUE);
        return steps.run(scope)
                .compose(ignored -> group.output() == null
                        ? step.run.weighed(scope, steps.byName(Action.Order.INPUT))
                        : step.run.evaluate(scope, group.output(), frame));
    }

    private static StepsRun side(
            StepRun step, List<Step> inner, Env frame, boolean inOrder, ErrorRule errors, int concurrency) {
        var runs = new ArrayList<StepRun>(inner.size());
        inner.forEach(child -> runs.add(step.child(child, pathOf(step, child), frame, null)));
        var steps = new StepsRun(runs, frame, inOrder, errors, concurrency);
        step.live.rest(steps::restSurvives);
        return steps;
    }

    static String pathOf(StepRun step, Step inner) {
        return inner.named() ? step.path + "." + inner.name() : step.path + "[" + inner.name() + "]";
    }

    private static Future<@Nullable Object> race(Scope scope, StepRun step, Action.Race race) {
        step.live.rest(() -> true);
        var tasks = new ArrayList<Task<@Nullable Object>>();
        for (Step child : race.steps()) {
            StepRun branch = step.child(child, pathOf(step, child), step.env, null);
            tasks.add(child.policies().when() == null ? branch.start(scope) : unskipped(scope, branch));
        }
        return Race.run(scope, tasks);
    }

    /** Wraps a conditional branch so that it fails if it is skipped: a skipped branch has no result with which to win. */
    private static Task<@Nullable Object> unskipped(Scope scope, StepRun branch) {
        return scope.start(
                branch.path + " unless skipped",
                own -> own.join(branch.start(own))
                        .compose(value -> branch.wasSkipped()
                                ? Future.failedFuture(new RunErrors.StepFailed(
                                        branch.path, new MusterException(ErrorType.FAILED, "was skipped")))
                                : Future.succeededFuture(value)));
    }

    private static Future<@Nullable Object> await(Scope scope, StepRun step, Action.Wait wait) {
        step.live.rest(() -> true);
        Scope home = wait.keepPending() ? step.run.root() : scope;
        var names = new LinkedHashMap<Task<@Nullable Object>, String>();
        for (Step child : wait.steps()) {
            names.put(step.child(child, pathOf(step, child), step.env, null).start(home), child.name());
        }
        var until = switch (wait.until()) {
            case FIRST -> Wait.Until.FIRST;
            case FIRST_ERROR -> Wait.Until.FIRST_ERROR;
            case ALL -> Wait.Until.ALL;
        };
        var pending = wait.keepPending() ? Wait.Pending.KEEP : Wait.Pending.CANCEL;
        return Wait.run(scope, new ArrayList<>(names.keySet()), until, wait.timeout(), pending)
                .compose(result -> {
                    step.run.keep(result.pending());
                    return step.run.weighed(scope, split(result, names));
                });
    }

    private static Map<String, @Nullable Object> split(
            Wait.Result<@Nullable Object> result, Map<Task<@Nullable Object>, String> names) {
        var done = new LinkedHashMap<String, @Nullable Object>();
        result.done().forEach(task -> done.put(String.valueOf(names.get(task)), StepsRun.outcome(task)));
        List<@Nullable Object> pending = new ArrayList<>();
        result.pending().forEach(task -> pending.add(names.get(task)));
        var both = new LinkedHashMap<String, @Nullable Object>();
        both.put("done", done);
        both.put("pending", pending);
        return both;
    }
}
