package dev.muster.run;

import dev.muster.plan.Action;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Policies;
import dev.muster.plan.Step;
import dev.muster.plan.VerbCall;
import dev.muster.config.Durations;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Scope;
import dev.muster.task.State;
import dev.muster.task.Task;
import dev.muster.task.TimedOutException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a step: a task for the step, and inside it one for the work where a policy needs to tell the two apart.
 *
 * <p>The outer task ends with what the step gives to others; the inner one carries time-out, retry and clean-up, so that a
 * failure or a passed deadline in there can still become the step's default.
 */
final class StepRun {

    final RunState run;
    final Program program;
    final @Nullable StepRun parent;
    final Step step;
    final String path;
    final Env env;
    final boolean wanted;

    private final List<StepRun> live = new ArrayList<>(0);
    private @Nullable Task<@Nullable Object> work;
    private @Nullable Expiry expiry;
    private long startedNanos;
    private boolean skipped;
    private @Nullable MusterException taken;

    StepRun(
            RunState run,
            Program program,
            @Nullable StepRun parent,
            Step step,
            String path,
            Env env,
            boolean wanted) {
        this.run = run;
        this.program = program;
        this.parent = parent;
        this.step = step;
        this.path = path;
        this.env = env;
        this.wanted = wanted || step.policies().stream();
    }

    /** A step inside this one. */
    StepRun child(Step inner, String innerPath, Env innerEnv, boolean isWanted) {
        return new StepRun(run, program, this, inner, innerPath, innerEnv, isWanted);
    }

    /** Starts it as a child of a scope. */
    Task<@Nullable Object> start(Scope scope) {
        Task<@Nullable Object> task = scope.start(path, this::body);
        task.onEnd(this::ended);
        return task;
    }

    /** Whether its {@code when} was false. */
    boolean wasSkipped() {
        return skipped;
    }

    /** The failure that was turned into a value, if one was. */
    @Nullable
    MusterException taken() {
        return taken;
    }

    // ---- the step as others see it

    private Future<@Nullable Object> body(Scope scope) {
        run.began(this);
        startedNanos = run.nanos();
        if (parent != null) {
            parent.live.add(this);
        }
        Policies policies = step.policies();
        if (policies.when() == null) {
            return surviving(scope);
        }
        return run.evaluate(scope, policies.when(), env).compose(holds -> {
            if (!(holds instanceof Boolean truth)) {
                throw failed(new MusterException(
                        ErrorType.EXPRESSION, step.at() + ": when of " + path + " must give true or false"));
            }
            skipped = !truth;
            return skipped ? Future.succeededFuture() : surviving(scope);
        });
    }

    private Future<@Nullable Object> surviving(Scope scope) {
        Policies policies = step.policies();
        if (!policies.survivesFailure()) {
            return working(scope);
        }
        Future<@Nullable Object> tried = run.isExpired() ? Future.failedFuture(run.expired()) : working(scope);
        return tried.recover(thrown -> {
            if (scope.isCancelled()) {
                return Future.failedFuture(thrown);
            }
            taken = Failures.error(thrown);
            return policies.otherwise() == null
                    ? Future.succeededFuture()
                    : run.evaluate(scope, policies.otherwise(), env);
        });
    }

    private Future<@Nullable Object> working(Scope scope) {
        Policies policies = step.policies();
        boolean limited = policies.timeout() != null && !run.liftsTimeout(step);
        if (!limited && policies.finallyStep() == null && !policies.survivesFailure()) {
            return attempts(scope);
        }
        Task<@Nullable Object> inner = scope.start("work", this::attempts);
        work = inner;
        if (limited) {
            inner.withTimeout(policies.timeout());
        }
        return scope.join(inner).recover(thrown -> Future.failedFuture(named(thrown)));
    }

    private Throwable named(Throwable thrown) {
        if (thrown instanceof TimedOutException timedOut && expiry == null && step.policies().timeout() != null) {
            return new Failures.StepFailed(path, new MusterException(
                    ErrorType.TIMEOUT, "no answer in " + Durations.human(step.policies().timeout()), timedOut));
        }
        return thrown;
    }

    // ---- the work

    private Future<@Nullable Object> attempts(Scope scope) {
        Step last = step.policies().finallyStep();
        if (last != null) {
            scope.cleanUp("finally", own -> {
                var cleaning = new StepRun(run, program, null, last, path + ".finally", env, false);
                return own.join(cleaning.start(own));
            });
        }
        return Retrying.run(scope, run, step.policies().retry(), () -> attempt(scope))
                .recover(thrown -> Future.failedFuture(failed(thrown)));
    }

    private Future<@Nullable Object> attempt(Scope scope) {
        Action action = step.action();
        if (action instanceof VerbCall call) {
            return Calling.run(scope, this, call);
        }
        return Combining.run(scope, this, action);
    }

    /** This step's name on a failure that has none yet; a cancel of this scope passes as it is. */
    private Throwable failed(Throwable thrown) {
        if (thrown instanceof Failures.StepFailed || thrown instanceof CancelledException) {
            return thrown;
        }
        return new Failures.StepFailed(path, Failures.error(thrown));
    }

    private Failures.StepFailed failed(MusterException error) {
        return new Failures.StepFailed(path, error);
    }

    // ---- its end

    private void ended(Task<@Nullable Object> task) {
        if (parent != null) {
            parent.live.remove(this);
        }
        if (startedNanos == 0 && task.state() != State.FINISHED) {
            return;
        }
        if (skipped) {
            run.ended(this, EndState.SKIPPED, startedNanos, null, null);
        } else if (task.state() == State.FINISHED) {
            EndState state = taken == null ? EndState.DONE : EndState.of(taken.type());
            boolean carries = wanted && step.action() instanceof VerbCall;
            run.ended(this, state, startedNanos, carries ? Optional.ofNullable(task.result()) : null, taken);
        } else {
            MusterException error = Failures.error(task.failure());
            run.ended(this, EndState.of(error.type()), startedNanos, null, error);
        }
    }

    // ---- the run's deadline

    /**
     * The run's time is up: this step takes its default, or its inner steps do.
     *
     * @return whether the run can still be done; if not, nothing was stopped here
     */
    boolean expire() {
        if (step.policies().survivesFailure()) {
            if (work != null && !work.isDone()) {
                work.cancel(run.expired());
            }
            return true;
        }
        return step.action() instanceof Action.Combinator
                && !live.isEmpty()
                && expiry != null
                && expiry.restSurvives()
                && live.stream().allMatch(StepRun::canExpire);
    }
}
