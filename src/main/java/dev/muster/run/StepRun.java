package dev.muster.run;

import dev.muster.connect.Arguments.CallSession;
import dev.muster.connect.Receipt;
import dev.muster.connect.Receipts;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Policies;
import dev.muster.plan.Step;
import dev.muster.plan.VerbCall;
import dev.muster.task.Body;
import dev.muster.task.CancelReason;
import dev.muster.task.Scope;
import dev.muster.task.State;
import dev.muster.task.Task;
import io.vertx.core.Future;
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
    final Place place;
    final Step step;
    final String path;
    final Env env;

    /** Whether its event can carry the value. */
    final boolean wanted;

    /** Whether the result is used. */
    final boolean kept;

    /** The steps running inside this step. */
    final ActiveSteps live = new ActiveSteps();

    /** The memory held by the step. */
    final StepMemory held = new StepMemory(this);

    private final Working working = new Working(this);
    private @Nullable StepRun parent;
    private boolean dropped;
    private long startedNanos = -1;
    private boolean skipped;
    private @Nullable MusterException taken;
    private @Nullable StepRun flowSource;
    private boolean streamed;
    private boolean counted;
    private @Nullable StepCancel cancel;
    private @Nullable Attempts attempts;

    /** The results of this step in other attempts at the same job. */
    Checkpoints others = Checkpoints.NOTHING;

    /**
     * The place in which steps are executed.
     *
     * @param program the program of the steps
     * @param around the running steps of the enclosing step or plan; null for clean-up, which no deadline reaches
     * @param planDepth the number of enclosing plans
     * @param time the time of their plan
     * @param session what the enclosing call holds for them, for example a connection; null outside of such a call
     */
    record Place(
            Program program,
            @Nullable ActiveSteps around,
            int planDepth,
            PlanDeadline time,
            @Nullable CallSession session) {

        /** Creates a place outside of any call that holds something. */
        Place(Program program, @Nullable ActiveSteps around, int planDepth, PlanDeadline time) {
            this(program, around, planDepth, time, null);
        }

        /** Whether the time of the plan is up; never for clean-up. */
        boolean isTimeUp() {
            return around != null && time.isUp();
        }
    }

    StepRun(RunState run, Place place, Step step, String path, Env env, boolean wanted, boolean kept) {
        this.run = run;
        this.place = place;
        this.step = step;
        this.path = path;
        this.env = env;
        this.wanted = wanted || step.policies().stream();
        this.kept = kept;
    }

    /** Creates a nested step. */
    StepRun child(Step inner, String innerPath, Env innerEnv) {
        return child(inner, innerPath, innerEnv, null);
    }

    /** Creates a nested step that uses what this step's call holds. */
    StepRun child(Step inner, String innerPath, Env innerEnv, @Nullable CallSession session) {
        var inside = new Place(place.program(), live, place.planDepth(), place.time(), session);
        return new StepRun(run, inside, inner, innerPath, innerEnv, wanted, kept).inside(this);
    }

    /** Sets the enclosing step. */
    StepRun inside(@Nullable StepRun outer) {
        parent = outer;
        return this;
    }

    /** Marks the result as unused once the step has ended. */
    StepRun dropped() {
        dropped = true;
        return this;
    }

    /** Whether the step is clean-up or part of one. */
    boolean isCleanUp() {
        return place.around() == null || parent != null && parent.isCleanUp();
    }

    /** Creates the clean-up step of this one, which no deadline of the run reaches. */
    StepRun cleaning(Step last) {
        var outside = new Place(place.program(), null, place.planDepth(), place.time());
        return new StepRun(run, outside, last, path + ".finally", env, false, false);
    }

    /** Sets the step whose items are streamed into this one. */
    void flowsFrom(StepRun source) {
        flowSource = source;
    }

    /** Marks the step's items as streamed to the caller. */
    void stream() {
        streamed = true;
    }

    /** Whether the step's items are streamed to the caller. */
    boolean isStreamed() {
        return streamed;
    }

    /** The step whose items are streamed into this one. */
    StepRun flowSource() {
        return Objects.requireNonNull(flowSource, "no stream leads into " + path);
    }

    /** Starts the step as a child of a scope, with its reader's work in place of its own. */
    Task<@Nullable Object> startFlow(Scope scope, Body<@Nullable Object> reading) {
        working.read(reading);
        return start(scope);
    }

    /** Starts the step as a child of a scope. */
    Task<@Nullable Object> start(Scope scope) {
        if (place.around() != null) {
            place.around().add(this);
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
        if (!working.takesTurn() || step.policies().when() != null) {
            startedNanos = run.began(this);
        }
        if (others.has(step.name())) {
            return Future.succeededFuture(others.result(step.name()));
        }
        if (place.isTimeUp() && !step.policies().survivesFailure()) {
            return Future.failedFuture(working.named(RunErrors.of(place.time().reason())));
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
                .recover(thrown -> Future.failedFuture(working.named(thrown)));
    }

    private Future<@Nullable Object> surviving(Scope scope) {
        Policies policies = step.policies();
        if (!policies.survivesFailure()) {
            return inTurn(scope);
        }
        Future<@Nullable Object> tried =
                place.isTimeUp() ? Future.failedFuture(RunErrors.of(place.time().reason())) : inTurn(scope);
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
        if (turn == null || !working.takesTurn()) {
            return working.run(scope);
        }
        return turn.with(scope, inTurn -> {
            startedNanos = run.began(this);
            return working.run(inTurn);
        });
    }

    // ---- its cancel

    @Override
    public String path() {
        return path;
    }

    /** Takes the receipt of a call of this step that was stopped at its source. */
    @Override
    public void take(Receipt receipt) {
        cancel().own(receipt);
        for (StepRun around = parent; around != null; around = around.parent) {
            around.cancel().inside(receipt);
        }
    }

    /** Records that the work was stopped, if the failure is a cancel or a time-out. */
    void stopped(Throwable thrown) {
        CancelReason reason = RunErrors.reason(thrown);
        if (reason != null) {
            cancel().stopped(reason);
        }
    }

    /** Whether its call was stopped before it was sent. */
    boolean foundUnsent() {
        return cancel != null && cancel.foundUnsent();
    }

    private StepCancel cancel() {
        if (cancel == null) {
            cancel = new StepCancel();
        }
        return cancel;
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
        if (place.around() != null) {
            place.around().remove(this);
        }
        if (counted) {
            run.leave();
        }
        held.end(parent, !dropped && place.around() != null && task.state() == State.FINISHED);
        if (startedNanos < 0) {
            return;
        }
        if (taken == null && !skipped && !working.isFlow() && task.state() == State.FINISHED) {
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
            return new Event.StepEnd(path, EndState.SKIPPED, nanos, false, null, null);
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

    private @Nullable Receipt receipt() {
        return cancel == null ? null : cancel.receipt();
    }

    // ---- the run's deadline

    boolean survivesDeadline() {
        return step.policies().survivesFailure() || live.survives();
    }

    void expire(CancelReason reason) {
        if (step.policies().survivesFailure()) {
            working.cancel(reason);
        } else {
            live.expire(reason);
        }
    }
}
