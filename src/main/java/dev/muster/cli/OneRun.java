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
import dev.muster.task.Diagnostics;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One run from the command line: started on a loop, followed on standard error, cancelled when the session is stopped. */
final class OneRun {

    /** The time that a cancelled run has in addition to its clean-up. */
    private static final long MAX_AFTER_CLEAN_UP_MILLIS = 5_000;

    private final Session session;
    private final Engine engine;
    private final Tasks tasks;
    private final Plan plan;
    private final @Nullable Object input;
    private final boolean dropsItems;

    /**
     * Prepares runs of a plan.
     *
     * @param input the input; must fit the plan
     * @param dropsItems whether the items of streaming steps are read and dropped if events are not printed
     * @param debug whether to report slow steps, and unobserved failures with their origin
     */
    OneRun(Session session, Engine engine, Plan plan, @Nullable Object input, boolean dropsItems, boolean debug) {
        this.session = session;
        this.engine = engine;
        this.plan = plan;
        this.input = input;
        this.dropsItems = dropsItems;
        this.tasks = engine.tasks(
                engine.resources().loop(),
                Tasks.Options.defaults().debug(debug).diagnostics(new DebugReports(session, debug)));
    }

    /**
     * Runs the plan and waits for its end. Blocks.
     *
     * @param sequential whether to run one step at a time
     * @param stream whether to print the run's events
     */
    RunReport run(boolean sequential, boolean stream) throws InterruptedException {
        return run(sequential, stream, false);
    }

    /** Runs the plan concurrently without any output. */
    void quietly() throws InterruptedException {
        run(false, false, true);
    }

    private RunReport run(boolean sequential, boolean stream, boolean quiet) throws InterruptedException {
        Promise<Run> started = Promise.promise();
        Promise<RunReport> report = Promise.promise();
        Duration cleanUp = engine.cleanUp(plan);
        // Registered before the start, so that a stop request at any time finds a run to cancel.
        try (var registration =
                session.stop().tell(cleanUp, reason -> started.future().onSuccess(run -> run.cancel(reason)))) {
            tasks.loop().execute(() -> start(sequential, stream, quiet, started, report));
            return session.await(report.future(), cleanUp.toMillis() + MAX_AFTER_CLEAN_UP_MILLIS);
        }
    }

    private void start(
            boolean sequential, boolean stream, boolean quiet, Promise<Run> started, Promise<RunReport> report) {
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
    static void show(Session session, RunReport report, String how, boolean waterfall) {
        Event.End end = Objects.requireNonNull(report.end());
        var lines = new ArrayList<String>();
        String title = session.style().printable(report.plan()) + "  "
                + end.state().word() + "  " + Durations.human(Duration.ofNanos(end.nanos())) + how;
        if (waterfall) {
            lines.addAll(Waterfall.lines(report, title, session.style()));
        } else if (end.failure() == null) {
            lines.add(title);
        }
        lines.addAll(FailureText.partial(report, session.style()));
        lines.addAll(FailureText.lines(report.plan(), end, session.style()));
        lines.addAll(FailureText.receipts(report, session.style()));
        session.sayPainted(lines);
    }

    /** Whether the run ended because its deadline passed. */
    static boolean isTimedOut(RunReport report) {
        return report.end() != null && report.end().state() == EndState.TIMED_OUT;
    }

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

    /** Reports slow steps and unobserved failures to the session, in debug mode only. */
    private record DebugReports(Session session, boolean debug) implements Diagnostics {
        @Override
        public void droppedFailure(String task, Throwable failure, @Nullable Throwable origin) {
            if (!debug) {
                return;
            }
            var lines = new ArrayList<>(List.of("unobserved failure of " + task + ": " + failure));
            if (origin != null) {
                lines.add("  it was started here:");
                var text = new StringWriter();
                origin.printStackTrace(new PrintWriter(text));
                text.toString().lines().skip(1).forEach(line -> lines.add("  " + line));
            }
            session.say(lines);
        }

        @Override
        public void slowStep(String task, long nanos) {
            session.say("slow: " + task + " held the loop for " + nanos / 1_000_000 + " ms");
        }
    }
}
