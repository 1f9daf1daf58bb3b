package dev.muster.run;

import dev.muster.connect.Receipt;
import dev.muster.plan.MusterException;
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

    private final RunState state;
    private final Task<@Nullable Object> task;
    private final long startedNanos;
    private final Promise<Event.End> over = Promise.promise();
    private Event.@Nullable End end;

    Run(RunState state, Task<@Nullable Object> task, long startedNanos) {
        this.state = state;
        this.task = task;
        this.startedNanos = startedNanos;
    }

    /** The id of the run: 26 characters that sort by time. */
    public String id() {
        return state.id();
    }

    /** The name of the plan. */
    public String plan() {
        return state.plan().name();
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
    public RunReport.Summary running() {
        return new RunReport.Summary(id(), plan(), startedNanos, state.now(), null);
    }

    /** The report of the run so far. */
    public RunReport report() {
        long now = end == null ? state.now() : startedNanos + end.nanos();
        return state.trace().report(id(), plan(), startedNanos, end, now);
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
        return new PastRun(id(), plan(), state.trace(), startedNanos, end);
    }

    void ended(long nowNanos) {
        long nanos = nowNanos - startedNanos;
        end = task.state() == State.FINISHED
                ? new Event.End(EndState.DONE, nanos, task.result(), null, null)
                : failed(task.failure(), nanos);
        state.listener().event(end);
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
        List<String> notStarted = state.plan().steps().stream()
                .map(step -> step.name())
                .filter(name -> !begun.contains(name))
                .toList();
        Attempts attempts = state.trace().attempts(culprit);
        var failure = new RunFailure(
                culprit, Attempts.withAttempts(error, attempts), finished, stopped, notStarted, attempts);
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
            Receipt cancel = step.cancel();
            if (cancel != null) {
                inside = inside == null ? cancel : inside.and(cancel);
            }
        }
        Receipt whole = Receipt.of(reason);
        return inside == null ? whole : whole.within(inside);
    }
}
