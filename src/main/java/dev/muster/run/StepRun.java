package dev.muster.run;

import dev.muster.config.Durations;
import dev.muster.connect.Arguments.CallSession;
import dev.muster.connect.Receipt;
import dev.muster.connect.Receipts;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Policies;
import dev.muster.plan.Step;
import dev.muster.plan.VerbCall;
import dev.muster.run.PlanDeadline.ActiveSteps;
import dev.muster.task.Body;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Scope;
import dev.muster.task.State;
import dev.muster.task.Task;
import dev.muster.task.TimedOutException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a step: a task for the step and, where a policy needs it, an inner task for its work. On the run's
 * loop.
 *
 * <p>The outer task ends with the result that other steps see. The inner task carries time-out, retry and clean-up, so
 * that a failure or a passed deadline in it can still be replaced by the step's default.
 */
final class StepRun implements Receipts.Taker {

    final RunState run;
    final PlanBody plan;
    final Step step;
    final String path;
    final Env env;

    /** What the enclosing call holds for this step, for example a connection; null outside of such a call. */
    final @Nullable CallSession session;

    /** Whether its event can carry the value. */
    final boolean wanted;

    /** Whether the result is used. */
    final boolean kept;

    /** The steps running inside this step. */
    final ActiveSteps live = new ActiveSteps();

    /** The memory held by the step. */
    final StepMemory held = new StepMemory(this);

    /** The results of this step in other attempts at the same job. */
    Checkpoints others = Checkpoints.NOTHING;

    private final @Nullable StepRun parent;

    /** The running steps of the enclosing step or plan; null for clean-up, which no deadline reaches. */
    private final @Nullable ActiveSteps around;

    private long startedNanos = -1;
    private boolean dropped;
    private boolean skipped;
    private boolean streamed;
    private boolean counted;
    private @Nullable StepRun flowSource;
    private @Nullable Body<@Nullable Object> reading;
    private @Nullable Task<@Nullable Object> work;
    private @Nullable Attempts attempts;

    /** The error that the step's default replaced. */
    private @Nullable MusterException taken;

    private @Nullable Receipt ownReceipt;
    private @Nullable Receipt innerReceipt;
    private @Nullable CancelReason cancelReason;

    private StepRun(
            PlanBody plan,
            @Nullable StepRun parent,
            @Nullable ActiveSteps around,
            @Nullable CallSession session,
            Step step,
            String path,
            Env env,
            boolean wanted,
            boolean kept) {
        this.run = plan.run;
        this.plan = plan;
        this.parent = parent;
        this.around = around;
        this.session = session;
        this.step = step;
        this.path = path;
        this.env = env;
        this.wanted = wanted || step.policies().stream();
        this.kept = kept;
    }

    /**
     * Creates a step of a plan itself.
     *
     * @param caller the step that calls the plan, or null for the plan of the run
     */
    static StepRun of(
            PlanBody plan, @Nullable StepRun caller, Step step, String path, Env env, boolean wanted, boolean kept) {
        return new StepRun(plan, caller, plan.deadline.live(), null, step, path, env, wanted, kept);
    }

    /** Creates a nested step, which uses what this step's call holds, if the call holds something. */
    StepRun child(Step inner, String innerPath, Env innerEnv, @Nullable CallSession innerSession) {
        return new StepRun(plan, this, live, innerSession, inner, innerPath, innerEnv, wanted, kept);
    }

    /** Creates the clean-up step of this one, which no deadline of the run reaches. */
    private StepRun cleaning(Step last) {
        return new StepRun(plan, null, null, null, last, path + ".finally", env, false, false);
    }

    /** Marks the result as unused once the step has ended. */
    StepRun dropped() {
        dropped = true;
        return this;
    }

    /** Whether the step is clean-up or part of one. */
    boolean isCleanUp() {
        return around == null || parent != null && parent.isCleanUp();
    }

    /** Whether the time of the plan is up; never for clean-up. */
    boolean isTimeUp() {
        return around != null && plan.deadline.isUp();
    }

    /** Sets the step whose items are streamed into this one. */
    void flowsFrom(StepRun source) {
        flowSource = source;
    }

    /** Marks the step's items as streamed to the caller. */
    void stream() {
        streamed = true;
    }

    /** The step whose items are streamed into this one. */
    StepRun flowSource() {
        return Objects.requireNonNull(flowSource, "no stream leads into " + path);
    }

    /** Starts the step as a child of a scope, with its reader's work in place of its own. */
    Task<@Nullable Object> startFlow(Scope scope, Body<@Nullable Object> reader) {
        reading = reader;
        return start(scope);
    }

    /** Starts the step as a child of a scope. */
    Task<@Nullable Object> start(Scope scope) {
        if (around != null) {
            around.add(this);
        }
        Task<@Nullable Object> task = scope.start(path, RunStep.ofStep(this), this::body);
        task.onEnd(this::ended);
        return task;
    }

    /** Whether its {@code when} was false. */
    boolean wasSkipped() {
        return skipped;
    }

    // ---- the step as seen from outside

    private Future<@Nullable Object> body(Scope scope) {
        counted = run.enter(this);
        if (!takesTurn() || step.policies().when() != null) {
            startedNanos = run.began(this);
        }
        if (others.has(step.name())) {
            return Future.succeededFuture(others.result(step.name()));
        }
        if (isTimeUp() && !step.policies().survivesFailure()) {
            return Future.failedFuture(named(RunErrors.of(plan.deadline.reason())));
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
                isTimeUp() ? Future.failedFuture(RunErrors.of(plan.deadline.reason())) : inTurn(scope);
        return tried.recover(thrown -> {
            if (scope.isCancelled()) {
                return Future.failedFuture(thrown);
            }
            taken = RunErrors.error(thrown);
            return policies.otherwise() == null
                    ? Future.succeededFuture()
                    : run.evaluate(scope, policies.otherwise(), env);
        });
    }

    /** Runs the work, in a sequential run after waiting for the step's turn. That wait is not part of the step's time. */
    private Future<@Nullable Object> inTurn(Scope scope) {
        var turn = run.turn();
        if (turn == null || !takesTurn()) {
            return work(scope);
        }
        return turn.with(scope, inTurn -> {
            startedNanos = run.began(this);
            return work(inTurn);
        });
    }

    // ---- its work, inside the policies that can replace its failure

    /**
     * Whether the work takes a turn in a sequential run. Clean-up does not, nor do steps inside a call: the enclosing
     * step holds the turn.
     */
    private boolean takesTurn() {
        return run.turn() != null
                && reading == null
                && around != null
                && session == null
                && step.action() instanceof VerbCall call
                && !plan.program.prepared(call).isPlan();
    }

    /** Runs the work, in a task of its own if a policy can end it separately. */
    private Future<@Nullable Object> work(Scope scope) {
        Policies policies = step.policies();
        Duration limit = run.liftsTimeout(step) ? null : policies.timeout();
        if (limit == null && policies.finallyStep() == null && !policies.survivesFailure()) {
            return retried(scope);
        }
        Task<@Nullable Object> inner = scope.start("work", this::retried);
        work = inner;
        if (limit != null) {
            inner.withTimeout(limit);
        }
        return scope.join(inner).recover(thrown -> {
            stopped(thrown);
            return Future.failedFuture(named(timedOut(thrown, limit)));
        });
    }

    /** Adds this step's path to a failure, unless a nested step has failed; a cancel stays as it is. */
    private Throwable named(Throwable thrown) {
        return thrown instanceof RunErrors.StepFailed || thrown instanceof CancelledException
                ? thrown
                : new RunErrors.StepFailed(path, RunErrors.error(thrown));
    }

    /** Replaces the kernel's time-out by a plan error if this step's own time is up. */
    private Throwable timedOut(Throwable thrown, @Nullable Duration limit) {
        return thrown instanceof TimedOutException timedOut && limit != null && !isTimeUp()
                ? new MusterException(ErrorType.TIMEOUT, "no answer in " + Durations.human(limit), timedOut)
                : thrown;
    }

    private Future<@Nullable Object> retried(Scope scope) {
        Step last = step.policies().finallyStep();
        if (last != null) {
            scope.cleanUp("finally", own -> own.join(cleaning(last).start(own)));
        }
        return Retrying.run(scope, this, step.policies().retry(), () -> attempt(scope))
                .recover(thrown -> Future.failedFuture(named(thrown)));
    }

    private Future<@Nullable Object> attempt(Scope scope) {
        try {
            if (reading != null) {
                return reading.run(scope);
            }
            if (streamed && step.action() instanceof VerbCall call) {
                return CallerStream.run(scope, this, call);
            }
            Future<@Nullable Object> result = step.action() instanceof VerbCall call
                    ? VerbRun.run(scope, this, call)
                    : CombinatorRun.run(scope, this, step.action());
            return held.mayCount() ? result.compose(value -> held.count(scope, value)) : result;
        } catch (Exception e) {
            return Future.failedFuture(e);
        }
    }

    // ---- its cancel

    @Override
    public String path() {
        return path;
    }

    /** Takes the receipt of a call of this step that was stopped at its source. */
    @Override
    public void take(Receipt receipt) {
        ownReceipt = ownReceipt == null ? receipt : ownReceipt.and(receipt);
        for (StepRun outer = parent; outer != null; outer = outer.parent) {
            outer.innerReceipt = outer.innerReceipt == null ? receipt : outer.innerReceipt.and(receipt);
        }
    }

    /** Records that the work was stopped, if the failure is a cancel or a time-out; the first reason counts. */
    void stopped(Throwable thrown) {
        if (cancelReason == null) {
            cancelReason = RunErrors.reason(thrown);
        }
    }

    /** Whether a call of the step itself was stopped before it was sent. */
    boolean foundUnsent() {
        return ownReceipt != null && !ownReceipt.sent();
    }

    /**
     * The receipt of the step. For a combinator it names no source, because the receipts of the nested steps do. Null if
     * the step was not stopped itself, whatever was stopped inside it.
     */
    private @Nullable Receipt receipt() {
        if (ownReceipt != null || cancelReason == null) {
            return ownReceipt;
        }
        Receipt stopped = Receipt.of(cancelReason);
        return innerReceipt == null ? stopped : stopped.within(innerReceipt);
    }

    // ---- its attempts

    /** Records a failed attempt that another one will follow. */
    void attemptFailed(MusterException error, long nanos) {
        attempts = (attempts == null ? Attempts.FIRST : attempts).failed(error, nanos);
        run.tried(this, attempts);
    }

    /** Records the start of another attempt, after {@link #attemptFailed}. */
    void attemptBegins() {
        attempts = (attempts == null ? Attempts.FIRST : attempts).another();
        run.tried(this, attempts);
    }

    // ---- its end

    private void ended(Task<@Nullable Object> task) {
        if (around != null) {
            around.remove(this);
        }
        if (counted) {
            run.leave();
        }
        held.end(parent, !dropped && around != null && task.state() == State.FINISHED);
        if (startedNanos < 0) {
            return;
        }
        if (taken == null && !skipped && reading == null && task.state() == State.FINISHED) {
            others.keep(step.name(), task.result());
        }
        run.ended(endOf(task), taken != null && task.state() == State.FINISHED);
    }

    private Event.StepEnd endOf(Task<@Nullable Object> task) {
        long nanos = run.now() - startedNanos;
        if (task.state() != State.FINISHED) {
            stopped(task.failure());
            MusterException error = RunErrors.error(task.failure());
            return new Event.StepEnd(path, EndState.of(error.type()), nanos, false, null, error, attempts, receipt());
        }
        if (skipped) {
            return new Event.StepEnd(path, EndState.SKIPPED, nanos, false, null, null, null, null);
        }
        EndState state = taken == null ? EndState.DONE : EndState.of(taken.type());
        boolean carries = wanted && !streamed && step.action() instanceof VerbCall;
        return new Event.StepEnd(
                path,
                state,
                nanos,
                carries,
                carries ? task.result() : null,
                taken,
                attempts,
                taken == null ? null : receipt());
    }

    // ---- the run's deadline

    boolean survivesDeadline() {
        return step.policies().survivesFailure() || live.survives();
    }

    void expire(CancelReason reason) {
        if (step.policies().survivesFailure()) {
            // Cancels only the work; the step continues with its default.
            if (work != null) {
                work.cancel(reason);
            }
        } else {
            live.expire(reason);
        }
    }
}
