package dev.muster.app;

import dev.muster.config.Durations;
import dev.muster.loop.Loop;
import dev.muster.loop.OutOfMemory;
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
 * One run from the command line: started on a loop, followed on standard error, stopped when the session is.
 *
 * @param session the command's
 * @param engine what runs it
 * @param plan what to run
 * @param input that fits it
 * @param dropsItems whether items of steps that flow are read and dropped where events are not printed
 */
record OneRun(
        Session session, Engine engine, Plan plan, @Nullable Object input, boolean dropsItems) {

    /** What a cancel may take beyond the clean-up. */
    private static final long MOST_AFTER_CLEAN_UP_MILLIS = 5_000;

    /**
     * Runs it and waits for its end.
     *
     * @param tasks where
     * @param sequential whether one step at a time
     * @param stream whether its events are printed
     */
    RunReport run(Tasks tasks, boolean sequential, boolean stream) throws InterruptedException {
        return run(tasks, sequential, stream, false);
    }

    /** Runs it concurrently and tells nobody. */
    void quietly(Tasks tasks) throws InterruptedException {
        run(tasks, false, false, true);
    }

    private RunReport run(Tasks tasks, boolean sequential, boolean stream, boolean quiet) throws InterruptedException {
        Promise<Run> started = Promise.promise();
        Promise<RunReport> report = Promise.promise();
        Duration cleanUp = engine.cleanUp(plan);
        // Before it is started: from then on somebody has to be there to cancel it.
        try (var registration =
                session.stop().tell(cleanUp, reason -> started.future().onSuccess(run -> run.cancel(reason)))) {
            tasks.loop().execute(() -> start(tasks, sequential, stream, quiet, started, report));
            return session.await(report.future(), cleanUp.toMillis() + MOST_AFTER_CLEAN_UP_MILLIS);
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

    /** Tells people how a run has ended: a waterfall on a terminal, and why it failed if it did. */
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

    /** Whether its deadline has passed before its end. */
    static boolean isTimedOut(RunReport report) {
        return report.end() != null && report.end().state() == EndState.TIMED_OUT;
    }

    /** Whether it is done. */
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
