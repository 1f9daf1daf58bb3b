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
 * The work of a step inside the policies that can replace its failure: time-out, clean-up and retry, then the verb or the
 * combinator. On the run's loop.
 */
final class Working {

    private final StepRun step;
    private @Nullable Body<@Nullable Object> reading;
    private @Nullable Task<@Nullable Object> task;

    Working(StepRun step) {
        this.step = step;
    }

    /** Sets the reader's work in place of the verb, whose items are streamed. */
    void read(Body<@Nullable Object> reader) {
        reading = reader;
    }

    boolean isFlow() {
        return reading != null;
    }

    /**
     * Whether the work takes a turn in a sequential run. Clean-up does not, nor do steps inside a call: the enclosing
     * step holds the turn.
     */
    boolean takesTurn() {
        return step.run.turn() != null
                && !isFlow()
                && step.place.around() != null
                && step.place.session() == null
                && step.step.action() instanceof VerbCall call
                && !step.place.program().act(call).isNested();
    }

    /** Runs the work, in a task of its own if a policy can end it separately. */
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

    /** Cancels only the work; the step continues with its default. */
    void cancel(CancelReason reason) {
        if (task != null) {
            task.cancel(reason);
        }
    }

    /** Adds this step's path to a failure, unless a nested step has failed; a cancel stays as it is. */
    Throwable named(Throwable thrown) {
        return thrown instanceof RunErrors.StepFailed || thrown instanceof CancelledException
                ? thrown
                : new RunErrors.StepFailed(step.path, RunErrors.error(thrown));
    }

    /** Replaces the kernel's time-out by a plan error if this step's own time is up. */
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
                return CallerStream.run(scope, step, call);
            }
            Future<@Nullable Object> result = step.step.action() instanceof VerbCall call
                    ? VerbRun.run(scope, step, call)
                    : CombinatorRun.run(scope, step, step.step.action());
            return step.held.mayCount() ? result.compose(value -> step.held.given(scope, value)) : result;
        } catch (Exception e) {
            return Future.failedFuture(e);
        }
    }
}
