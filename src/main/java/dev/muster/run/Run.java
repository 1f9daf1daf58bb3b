package dev.muster.run;

import dev.muster.connect.Receipt;
import dev.muster.loop.Loop;
import dev.muster.plan.MusterException;
import dev.muster.plan.Plan;
import dev.muster.task.CancelReason;
import dev.muster.task.State;
import dev.muster.task.Task;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One execution of a plan. {@link #cancel} and {@link #running} may be called from any thread, the rest on the run's loop. */
public final class Run {

    private final Loop loop;
    private final String id;
    private final Plan plan;
    private final RunState state;
    private final RunListener listener;
    private final Task<@Nullable Object> task;
    private final long startedNanos;
    private final Promise<Event.End> over = Promise.promise();
    private Event.@Nullable End end;

    Run(
            Loop loop,
            String id,
            Plan plan,
            RunState state,
            RunListener listener,
            Task<@Nullable Object> task,
            long startedNanos) {
        this.loop = loop;
        this.id = id;
        this.plan = plan;
        this.state = state;
        this.listener = listener;
        this.task = task;
        this.startedNanos = startedNanos;
    }

    /** Its identifier: 26 characters that sort by time. */
    public String id() {
        return id;
    }

    /** The name of its plan. */
    public String plan() {
        return plan.name();
    }

    /** Its end, which has been told to the listener by then; nothing of the run is left. Never fails. */
    public Future<Event.End> end() {
        return over.future();
    }

    /** Stops everything that it does. Idempotent. */
    public void cancel(CancelReason reason) {
        task.cancel(reason);
    }

    /** Paths of the steps whose failure became null or a default, until now. */
    public List<String> partial() {
        return state.trace().partial();
    }

    /** What is known of it anywhere while it has not ended, which is taken for granted here. */
    public RunSummary running() {
        return new RunSummary(id, plan.name(), startedNanos, loop.nanos(), null);
    }

    /** What has happened until now. */
    public RunReport report() {
        long now = end == null ? loop.nanos() : startedNanos + end.nanos();
        return state.trace().report(id, plan.name(), startedNanos, end, now);
    }

    /** The run as it is remembered, once it has ended. */
    public PastRun past() {
        if (end == null) {
            throw new IllegalStateException("the run has not ended");
        }
        return new PastRun(id, plan.name(), state.trace(), startedNanos, end);
    }

    void ended(long nowNanos) {
        long nanos = nowNanos - startedNanos;
        end = task.state() == State.FINISHED
                ? new Event.End(EndState.DONE, nanos, task.result(), null, null)
                : failed(task.failure(), nanos);
        listener.event(end);
        over.complete(end);
    }

    private Event.End failed(Throwable thrown, long nanos) {
        MusterException error = RunErrors.ofRun(RunErrors.error(thrown), state.hasEffects());
        var finished = new ArrayList<String>();
        var stopped = new ArrayList<String>();
        Set<String> begun = new HashSet<>();
        String culprit = RunErrors.path(thrown);
        List<StepReport> steps = report().steps();
        for (StepReport step : steps) {
            begun.add(step.path());
            if (step.state() == EndState.DONE) {
                finished.add(step.path());
            } else if (step.state() == EndState.CANCELLED || step.state() == EndState.TIMED_OUT) {
                stopped.add(step.path());
                if (culprit == null && step.isCall() && step.state() == EndState.TIMED_OUT) {
                    culprit = step.path();
                }
            }
        }
        List<String> notStarted = plan.steps().stream()
                .map(step -> step.name())
                .filter(name -> !begun.contains(name))
                .toList();
        Attempts attempts = state.trace().attempts(culprit);
        var failure = new RunFailure(culprit, Attempts.told(error, attempts), finished, stopped, notStarted, attempts);
        return new Event.End(EndState.of(error.type()), nanos, null, failure, receipt(thrown, steps));
    }

    /** Of the run as a whole: with the worst end and the longest time of what was stopped in it. */
    private static @Nullable Receipt receipt(Throwable thrown, List<StepReport> steps) {
        CancelReason reason = RunErrors.reason(thrown);
        if (reason == null) {
            return null;
        }
        Receipt inside = null;
        for (StepReport step : steps) {
            Receipt one = step.cancel();
            if (one != null) {
                inside = inside == null ? one : inside.and(one);
            }
        }
        Receipt whole = Receipt.of(reason);
        return inside == null ? whole : whole.within(inside);
    }
}
