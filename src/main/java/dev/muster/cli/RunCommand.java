package dev.muster.cli;

import dev.muster.node.Engine;
import dev.muster.plan.Plan;
import dev.muster.run.RunReport;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code muster run}: runs a plan once. */
public final class RunCommand implements Command {

    private static final String STREAM = "--stream";
    private static final String SEQUENTIAL = "--sequential";

    @Override
    public String name() {
        return "run";
    }

    @Override
    public CommandSpec spec() {
        return Options.command(
                        name(),
                        "Runs a plan once: its output as JSON on standard output, progress on standard error.",
                        "muster run page.yaml --input '{\"id\": 7}'",
                        "muster run page                                 # the plan page of conf/plans",
                        "muster run page.yaml --input @input.json --conf deploy/conf",
                        "muster run rows.yaml --stream | head -n 5",
                        "",
                        "Exit code: 0 done, 1 the run failed or its output cannot be written, 2 wrong usage, configuration, plan or",
                        "input, 3 out of memory, 130 SIGINT, 143 SIGTERM, 141 the reader of standard output closed it.")
                .addPositional(Options.plan())
                .addOption(Options.input())
                .addOption(Options.conf())
                .addOption(Options.flag(STREAM, "Prints each event as it happens, one per line."))
                .addOption(Options.flag(SEQUENTIAL, "Runs one step at a time; time-outs of the plan do not apply."))
                .addOption(Options.debug());
    }

    @Override
    public int run(ParseResult parsed, Session session) throws InterruptedException {
        boolean stream = Options.has(parsed, STREAM);
        boolean sequential = Options.has(parsed, SEQUENTIAL);
        String file = parsed.matchedPositionalValue(0, "");
        InputText.requireOwnPlace(Options.input(parsed), file);
        try (Setup setup = Setup.read(Options.where(parsed), session, List.of(file), false)) {
            Object input = InputText.read(Options.input(parsed), session.io().in());
            Plan plan = setup.plan(input);
            if (!stream && !plan.streamed().isEmpty()) {
                throw new UsageException("the items of " + String.join(", ", plan.streamed())
                        + " go to the caller's stream; run the plan with " + STREAM);
            }
            try (Engine engine = setup.start()) {
                var run = new OneRun(session, engine, plan, input, false, Options.isDebug(parsed));
                RunReport report = run.run(sequential, stream);
                return end(session, report, sequential, stream);
            }
        }
    }

    private static int end(Session session, RunReport report, boolean sequential, boolean stream)
            throws InterruptedException {
        if (session.stop().isSilent()) {
            return ExitCode.STDOUT_CLOSED;
        }
        OneRun.show(
                session,
                report,
                sequential ? ", one step at a time" : "",
                session.io().errIsTerminal());
        if (OneRun.isTimedOut(report)) {
            session.endWithoutReader();
        }
        if (!OneRun.isDone(report)) {
            return ExitCode.FAILED;
        }
        if (!stream) {
            session.printJson(Objects.requireNonNull(report.end()).output());
        }
        return ExitCode.DONE;
    }
}
