package dev.muster.run;

import dev.muster.config.Durations;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Policies;
import dev.muster.plan.Step;
import dev.muster.plan.VerbCall;
import dev.muster.task.Body;
import dev.muster.task.CancelledException;
import dev.muster.task.Scope;
import dev.muster.task.State;
import dev.muster.task.Task;
import dev.muster.task.TimedOutException;
import io.vertx.core.Future;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a step: a task for the step, and inside it one for the work where a policy needs to tell the two apart.
 *
 * <p>The outer task ends with what the step gives to others; the inner one carries time-out, retry and clean-up, so that a
 * failure or a passed deadline in there can still become the step's default. On the run's loop.
 */
final class StepRun {

    final RunState run;
    final Place place;
    final Step step;
    final String path;
    final Env env;

    /** Whether its event may carry its value. */
    final boolean wanted;

    /** Whether anybody uses its result. */
    final boolean kept;

    /** What runs inside this step. */
    final Live live = new Live();

    private @Nullable Task<@Nullable Object> work;
    private long startedNanos = -1;
    private boolean skipped;
    private @Nullable MusterException taken;
    private @Nullable StepRun flowSource;
    private @Nullable Body<@Nullable Object> flow;

    /**
     * Where steps are executed.
     *
     * @param program the program whose steps they are
     * @param around what they run inside, or null for clean-up, which no deadline reaches
     * @param planDepth how many plans are around them
     */
    record Place(Program program, @Nullable Live around, int planDepth) {}

    StepRun(RunState run, Place place, Step step, String path, Env env, boolean wanted, boolean kept) {
        this.run = run;
        this.place = place;
        this.step = step;
        this.path = path;
        this.env = env;
        this.wanted = wanted || step.policies().stream();
        this.kept = kept;
    }

    /** A step inside this one. */
    StepRun child(Step inner, String innerPath, Env innerEnv) {
        var inside = new Place(place.program(), live, place.planDepth());
        return new StepRun(run, inside, inner, innerPath, innerEnv, wanted, kept);
    }

    /** Lets the items of another step flow into this one. */
    void flowsFrom(StepRun source) {
        flowSource = source;
    }

    /** The step whose items flow into this one. */
    StepRun flowSource() {
        return Objects.requireNonNull(flowSource, "nothing flows into " + path);
    }

    /** Starts it as a child of a scope, with work of its reader's instead of its own. */
    Task<@Nullable Object> startFlow(Scope scope, Body<@Nullable Object> reading) {
        flow = reading;
        return start(scope);
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

    // ---- the step as others see it

    private Future<@Nullable Object> body(Scope scope) {
        if (!takesTurn() || step.policies().when() != null) {
            startedNanos = run.began(this);
        }
        if (place.around() != null) {
            place.around().add(this);
        }
        if (step.policies().when() == null) {
            return surviving(scope);
        }
        return run.evaluate(scope, step.policies().when(), env)
                .compose(holds -> {
                    if (!(holds instanceof Boolean truth)) {
                        throw new MusterException(
                                ErrorType.EXPRESSION, step.at() + ": when of " + path + " must give true or false");
                    }
                    skipped = !truth;
                    return skipped ? Future.succeededFuture() : surviving(scope);
                })
                .recover(thrown -> Future.failedFuture(named(thrown)));
    }

    private Future<@Nullable Object> surviving(Scope scope) {
        Policies policies = step.policies();
        if (!policies.survivesFailure()) {
            return inTurn(scope);
        }
        Future<@Nullable Object> tried =
                run.isExpired() ? Future.failedFuture(Failures.of(run.deadline())) : inTurn(scope);
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

    /** Where steps run one at a time, each takes its turn; the wait for it is not part of its time. */
    private Future<@Nullable Object> inTurn(Scope scope) {
        return !takesTurn() || run.turn() == null ? working(scope) : run.turn().with(scope, inTurn -> {
            startedNanos = run.began(this);
            return working(inTurn);
        });
    }

    private boolean takesTurn() {
        return run.turn() != null
                && flow == null
                && step.action() instanceof VerbCall call
                && !place.program().act(call).isNested();
    }

    private Future<@Nullable Object> working(Scope scope) {
        Policies policies = step.policies();
        boolean limited = policies.timeout() != null && !run.liftsTimeout(step);
        if (!limited && policies.finallyStep() == null && !policies.survivesFailure()) {
            return attempts(scope);
        }
        Task<@Nullable Object> inner = scope.start("work", this::attempts);
        work = inner;
        if (limited && policies.timeout() != null) {
            inner.withTimeout(policies.timeout());
        }
        return scope.join(inner).recover(thrown -> Future.failedFuture(named(timedOut(thrown))));
    }

    /** In the words of the language, if this step's own time is up. */
    private Throwable timedOut(Throwable thrown) {
        return thrown instanceof TimedOutException timedOut && step.policies().timeout() != null && !run.isExpired()
                ? new MusterException(
                        ErrorType.TIMEOUT,
                        "no answer in " + Durations.human(step.policies().timeout()),
                        timedOut)
                : thrown;
    }

    // ---- the work

    private Future<@Nullable Object> attempts(Scope scope) {
        Step last = step.policies().finallyStep();
        if (last != null) {
            scope.cleanUp("finally", own -> {
                var outside = new Place(place.program(), null, place.planDepth());
                return own.join(new StepRun(run, outside, last, path + ".finally", env, false, false).start(own));
            });
        }
        return Retrying.run(scope, run, step.policies().retry(), () -> attempt(scope))
                .recover(thrown -> Future.failedFuture(named(thrown)));
    }

    private Future<@Nullable Object> attempt(Scope scope) {
        try {
            if (flow != null) {
                return flow.run(scope);
            }
            return step.action() instanceof VerbCall call
                    ? Calling.run(scope, this, call)
                    : Combining.run(scope, this, step.action());
        } catch (Exception e) {
            return Future.failedFuture(e);
        }
    }

    /** With this step's path, unless a step inside has failed; a cancel passes as it is. */
    private Throwable named(Throwable thrown) {
        return thrown instanceof Failures.StepFailed || thrown instanceof CancelledException
                ? thrown
                : new Failures.StepFailed(path, Failures.error(thrown));
    }

    // ---- its end

    private void ended(Task<@Nullable Object> task) {
        if (startedNanos < 0) {
            return;
        }
        if (place.around() != null) {
            place.around().remove(this);
        }
        run.ended(endOf(task), taken != null && task.state() == State.FINISHED);
    }

    private Event.StepEnd endOf(Task<@Nullable Object> task) {
        long nanos = run.now() - startedNanos;
        if (task.state() != State.FINISHED) {
            MusterException error = Failures.error(task.failure());
            return new Event.StepEnd(path, EndState.of(error.type()), nanos, false, null, error);
        }
        if (skipped) {
            return new Event.StepEnd(path, EndState.SKIPPED, nanos, false, null, null);
        }
        EndState state = taken == null ? EndState.DONE : EndState.of(taken.type());
        boolean carries = wanted && step.action() instanceof VerbCall;
        return new Event.StepEnd(path, state, nanos, carries, carries ? task.result() : null, taken);
    }

    // ---- the run's deadline

    boolean survivesDeadline() {
        return step.policies().survivesFailure() || live.survives();
    }

    void expire() {
        if (!step.policies().survivesFailure()) {
            live.expire();
        } else if (work != null) {
            work.cancel(run.deadline());
        }
    }
}
