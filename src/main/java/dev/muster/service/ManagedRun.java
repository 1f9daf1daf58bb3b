package dev.muster.service;

import dev.muster.access.Caller;
import dev.muster.connect.Receipt;
import dev.muster.loop.Loop;
import dev.muster.run.EndState;
import dev.muster.run.Event;
import dev.muster.run.Run;
import dev.muster.run.RunListener;
import dev.muster.run.RunReport;
import dev.muster.run.StepReport;
import dev.muster.task.CancelReason;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run that the node admitted. Forwards the events of the run to its caller, and keeps them if the run is detached. {@link #id},
 * {@link #cancel}, {@link #summary} and {@link #report} are safe on any thread.
 */
public final class ManagedRun implements RunHandle, RunListener {

    private static final Logger CANCEL_LOG = LoggerFactory.getLogger("dev.muster.cancel");
    private static final int MAX_NAMED = 20;
    private static final int MAX_RECEIPTS = 5;

    private final Loop loop;
    private final Deployment deployment;
    private final Caller caller;
    private final RunListener listener;
    private final @Nullable EventLog log;
    private final Instant started;
    private @Nullable Run run;

    ManagedRun(Loop loop, Deployment deployment, RunRequest request, @Nullable EventLog log) {
        this.loop = loop;
        this.deployment = deployment;
        this.caller = request.caller();
        this.listener = request.listener();
        this.log = log;
        this.started = loop.wallTime();
    }

    @Override
    public String id() {
        return run().id();
    }

    /** The caller that started the run. */
    public Caller caller() {
        return caller;
    }

    @Override
    public String owner() {
        return caller.name();
    }

    /** The name of the plan. */
    public String plan() {
        return run().plan();
    }

    @Override
    public Instant started() {
        return started;
    }

    @Override
    public Optional<EventLog> log() {
        return Optional.ofNullable(log);
    }

    /**
     * The paths of the steps whose failure was replaced by null or a default so far, separated by commas; {@value #MAX_NAMED} at
     * most, empty if there are none. On the run's loop.
     */
    public String partial() {
        List<String> paths = run().partial();
        return String.join(",", paths.subList(0, Math.min(paths.size(), MAX_NAMED)));
    }

    /** The end of the run, once everything it started has ended. Never fails. On the run's loop. */
    public Future<Event.End> end() {
        return run().end();
    }

    @Override
    public void cancel(CancelReason reason) {
        run().cancel(reason);
    }

    @Override
    public RunReport.Summary summary() {
        return run().running();
    }

    @Override
    public Future<RunReport> report() {
        if (loop.inLoop()) {
            return Future.succeededFuture(run().report());
        }
        Promise<RunReport> report = Promise.promise();
        loop.execute(() -> report.complete(run().report()));
        return report.future();
    }

    @Nullable
    EventLog events() {
        return log;
    }

    Deployment deployment() {
        return deployment;
    }

    void began(Run begun) {
        run = begun;
    }

    /** Logs the end of the run, with the receipts of its steps, if it was cancelled. Runs that timed out are not logged. */
    void logCancel(Event.End end) {
        Receipt cancel = end.cancel();
        if (cancel == null || end.state() != EndState.CANCELLED || !CANCEL_LOG.isInfoEnabled()) {
            return;
        }
        report().onSuccess(report -> CANCEL_LOG
                .atInfo()
                .addKeyValue("run", id())
                .addKeyValue("plan", plan())
                .addKeyValue("caller", owner())
                .log("cancelled ({}): {}{}", cancel.by().word(), cancel.why(), receipts(report)));
    }

    private static String receipts(RunReport report) {
        List<StepReport> cancelled = report.steps().stream()
                .filter(step -> step.cancel() != null && step.cancel().source() != null)
                .toList();
        if (cancelled.isEmpty()) {
            return "";
        }
        int more = cancelled.size() - MAX_RECEIPTS;
        return cancelled.stream()
                        .limit(MAX_RECEIPTS)
                        .map(step -> step.path() + ": "
                                + Objects.requireNonNull(step.cancel()).inWords())
                        .collect(Collectors.joining(", ", "; ", ""))
                + (more > 0 ? " and " + more + " more" : "");
    }

    private Run run() {
        return Objects.requireNonNull(run, "the run has not begun");
    }

    @Override
    public void event(Event event) {
        if (log != null) {
            log.add(event);
        }
        listener.event(event);
    }

    @Override
    public boolean takesItems() {
        return log != null || listener.takesItems();
    }

    @Override
    public Future<Void> item(Event.Item item) {
        if (log != null) {
            log.add(item);
        }
        return listener.item(item);
    }

    @Override
    public Future<Void> room() {
        return listener.room();
    }

    @Override
    public void stepBegan(String path) {
        listener.stepBegan(path);
    }
}
