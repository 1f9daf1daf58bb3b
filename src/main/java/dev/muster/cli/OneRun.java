package dev.muster.cli;

import dev.muster.config.Durations;
import dev.muster.loop.Loop;
import dev.muster.loop.OutOfMemory;
import dev.muster.node.Engine;
import dev.muster.plan.Plan;
import dev.muster.run.EndState;
import dev.muster.run.Event;
import dev.muster.run.Program;
import dev.muster.run.Run;
import dev.muster.run.RunListener;
import dev.muster.run.RunOptions;
import dev.muster.run.RunReport;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One run from the command line: started on a loop, followed on standard error, cancelled when the session is stopped.
 *
 * @param session the session of the command
 * @param engine the engine that runs the plan
 * @param plan the plan to run
 * @param input the input; must fit the plan
 * @param dropsItems whether the items of streaming steps are read and dropped if events are not printed
 */
record OneRun(
        Session session, Engine engine, Plan plan, @Nullable Object input, boolean dropsItems) {

    /** The time that a cancelled run has in addition to its clean-up. */
    private static final long MAX_AFTER_CLEAN_UP_MILLIS = 5_000;

    /**
     * Runs the plan and waits for its end. Blocks.
     *
     * @param tasks the task tree to run in
     * @param sequential whether to run one step at a time
     * @param stream whether to print the run's events
     */
    RunReport run(Tasks tasks, boolean sequential, boolean stream) throws InterruptedException {
        return run(tasks, sequential, stream, false);
    }

    /** Runs the plan concurrently without any output. */
    void quietly(Tasks tasks) throws InterruptedException {
        run(tasks, false, false, true);
    }

    private RunReport run(Tasks tasks, boolean sequential, boolean stream, boolean quiet) throws InterruptedException {
        Promise<Run> started = Promise.promise();
        Promise<RunReport> report = Promise.promise();
        Duration cleanUp = engine.cleanUp(plan);
        // Registered before the start, so that a stop request at any time finds a run to cancel.
        try (var registration =
                session.stop().tell(cleanUp, reason -> started.future().onSuccess(run -> run.cancel(reason)))) {
            tasks.loop().execute(() -> start(tasks, sequential, stream, quiet, started, report));
            return session.await(report.future(), cleanUp.toMillis() + MAX_AFTER_CLEAN_UP_MILLIS);
        }
    }

    private void start(
            Tasks tasks,
            boolean sequential,
            boolean stream,
            boolean quiet,
            Promise<Run> started,
            Promise<RunReport> report) {
        Loop loop = tasks.loop();
        Program program = Objects.requireNonNull(engine.programs().get(plan.name()));
        Progress progress = quiet ? new Progress.NoProgress() : Progress.of(session, loop, plan, stream);
        var options = new RunOptions(sequential, Map.of(), null, null, listener(progress, stream, loop));
        try {
            Run run = engine.runner().start(tasks, program, input, options);
            started.complete(run);
            run.end().onComplete(ended -> {
                progress.close();
                report.complete(run.report());
            });
        } catch (RuntimeException | Error e) {
            OutOfMemory.check(e);
            progress.close();
            started.fail(e);
            report.fail(e);
        }
    }

    /** Shows the end of a run: a waterfall if wanted, and the reason of a failure. */
    static void tell(Session session, RunReport report, String how, boolean waterfall) {
        Event.End end = Objects.requireNonNull(report.end());
        var lines = new ArrayList<String>();
        String title = session.look().printable(report.plan()) + "  "
                + end.state().word() + "  " + Durations.human(Duration.ofNanos(end.nanos())) + how;
        if (waterfall) {
            lines.addAll(Waterfall.lines(report, title, session.look()));
        } else if (end.failure() == null) {
            lines.add(title);
        }
        lines.addAll(FailureText.partial(report, session.look()));
        lines.addAll(FailureText.lines(report.plan(), end, session.look()));
        lines.addAll(FailureText.receipts(report, session.look()));
        session.sayPainted(lines);
    }

    /** Whether the run ended because its deadline passed. */
    static boolean isTimedOut(RunReport report) {
        return report.end() != null && report.end().state() == EndState.TIMED_OUT;
    }

    /** Whether the run succeeded. */
    static boolean isDone(RunReport report) {
        return report.end() != null && report.end().state() == EndState.DONE;
    }

    private RunListener listener(Progress progress, boolean stream, Loop loop) {
        return new RunListener() {
            @Override
            public void event(Event event) {
                if (stream) {
                    session.printEvent(event, loop);
                }
                progress.event(event);
            }

            @Override
            public boolean takesItems() {
                return stream || dropsItems;
            }

            @Override
            public Future<Void> item(Event.Item item) {
                return stream ? session.printItem(item) : Future.succeededFuture();
            }

            @Override
            public void stepBegan(String path) {
                progress.stepBegan(path);
            }
        };
    }
}
