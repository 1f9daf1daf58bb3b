package dev.muster.run;

import dev.muster.config.Durations;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Policies;
import dev.muster.plan.Step;
import dev.muster.plan.VerbCall;
import dev.muster.task.Body;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Scope;
import dev.muster.task.Task;
import dev.muster.task.TimedOutException;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The work of a step, inside the policies that make its failure a value: time-out, clean-up, retry, then the verb or the
 * combinator. On the run's loop.
 */
final class Working {

    private final StepRun step;
    private @Nullable Body<@Nullable Object> reading;
    private @Nullable Task<@Nullable Object> task;

    Working(StepRun step) {
        this.step = step;
    }

    /** Does its reader's work instead of the verb's: the verb's items flow. */
    void read(Body<@Nullable Object> reader) {
        reading = reader;
    }

    boolean isFlow() {
        return reading != null;
    }

    /** Clean-up takes no turn, nor do steps inside a call: the step around them holds the one that there is. */
    boolean takesTurn() {
        return step.run.turn() != null
                && !isFlow()
                && step.place.around() != null
                && step.place.session() == null
                && step.step.action() instanceof VerbCall call
                && !step.place.program().act(call).isNested();
    }

    /** Works, in a task of its own where something has to end it by itself. */
    Future<@Nullable Object> run(Scope scope) {
        Policies policies = step.step.policies();
        Duration limit = step.run.liftsTimeout(step.step) ? null : policies.timeout();
        if (limit == null && policies.finallyStep() == null && !policies.survivesFailure()) {
            return attempts(scope);
        }
        Task<@Nullable Object> inner = scope.start("work", this::attempts);
        task = inner;
        if (limit != null) {
            inner.withTimeout(limit);
        }
        return scope.join(inner).recover(thrown -> {
            step.stopped(thrown);
            return Future.failedFuture(named(timedOut(thrown, limit)));
        });
    }

    /** Stops the work alone; the step goes on with its default. */
    void cancel(CancelReason reason) {
        if (task != null) {
            task.cancel(reason);
        }
    }

    /** A failure with this step's path, unless a step inside has failed; a cancel passes as it is. */
    Throwable named(Throwable thrown) {
        return thrown instanceof RunErrors.StepFailed || thrown instanceof CancelledException
                ? thrown
                : new RunErrors.StepFailed(step.path, RunErrors.error(thrown));
    }

    /** In the words of the language, if this step's own time is up. */
    private Throwable timedOut(Throwable thrown, @Nullable Duration limit) {
        return thrown instanceof TimedOutException timedOut && limit != null && !step.place.isTimeUp()
                ? new MusterException(ErrorType.TIMEOUT, "no answer in " + Durations.human(limit), timedOut)
                : thrown;
    }

    private Future<@Nullable Object> attempts(Scope scope) {
        Step last = step.step.policies().finallyStep();
        if (last != null) {
            scope.cleanUp("finally", own -> own.join(step.cleaning(last).start(own)));
        }
        return Retrying.run(scope, step, step.step.policies().retry(), () -> attempt(scope))
                .recover(thrown -> Future.failedFuture(named(thrown)));
    }

    private Future<@Nullable Object> attempt(Scope scope) {
        try {
            if (reading != null) {
                return reading.run(scope);
            }
            if (step.isStreamed() && step.step.action() instanceof VerbCall call) {
                return Outflow.run(scope, step, call);
            }
            Future<@Nullable Object> result = step.step.action() instanceof VerbCall call
                    ? VerbRun.run(scope, step, call)
                    : Combining.run(scope, step, step.step.action());
            return step.held.mayCount() ? result.compose(value -> step.held.given(scope, value)) : result;
        } catch (Exception e) {
            return Future.failedFuture(e);
        }
    }
}
