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

/** One execution of a plan. {@link #cancel} and {@link #running} are safe on any thread, the other methods on the run's loop. */
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

    /** The id of the run: 26 characters that sort by time. */
    public String id() {
        return id;
    }

    /** The name of the plan. */
    public String plan() {
        return plan.name();
    }

    /** The end of the run. It completes after the listener has received the event, when nothing of the run is left. Never fails. */
    public Future<Event.End> end() {
        return over.future();
    }

    /** Cancels the run and everything in it. Idempotent. */
    public void cancel(CancelReason reason) {
        task.cancel(reason);
    }

    /** The paths of the steps whose failure was replaced by null or a default so far. */
    public List<String> partial() {
        return state.trace().partial();
    }

    /** A summary of the run, assuming that it has not ended. */
    public RunSummary running() {
        return new RunSummary(id, plan.name(), startedNanos, loop.nanos(), null);
    }

    /** The report of the run so far. */
    public RunReport report() {
        long now = end == null ? loop.nanos() : startedNanos + end.nanos();
        return state.trace().report(id, plan.name(), startedNanos, end, now);
    }

    /**
     * The record of the run, once it has ended.
     *
     * @throws IllegalStateException if the run has not ended
     */
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

    /** The receipt of the whole run: the worst outcome and the longest time among its cancelled steps. */
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
