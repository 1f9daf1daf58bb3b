package dev.muster.cli.queue;

import dev.muster.cli.ExitCode;
import dev.muster.cli.Options;
import dev.muster.cli.Session;
import dev.muster.cli.UsageException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code muster queue retry}: makes dead jobs ready again. */
final class QueueRetryCommand implements QueueCommand.Subcommand {

    private static final String ALL = "--all";
    private static final String MAX = "--max";
    private static final int MOST = 1_000_000;

    @Override
    public String name() {
        return "retry";
    }

    @Override
    public CommandSpec spec() {
        return Options.command(
                        name(),
                        "Makes dead jobs ready again, with their full number of attempts, as far as the queue has room.",
                        "muster queue retry thumbnails 17 18",
                        "muster queue retry thumbnails --all")
                .addPositional(QueueOptions.queue())
                .addPositional(QueueOptions.behind("ID", "Dead jobs."))
                .addOption(Options.flag(ALL, "All dead jobs, the earliest first."))
                .addOption(Options.value(MAX, "N", Integer.class, "With --all: the maximum number of jobs."));
    }

    @Override
    public void check(ParseResult parsed) {
        QueueOptions.queueOf(parsed);
        boolean all = Options.has(parsed, ALL);
        if (all != QueueOptions.idsOf(parsed).isEmpty()) {
            throw new UsageException("retry takes either ids of dead jobs or " + ALL);
        }
        if (!all && parsed.hasMatchedOption(MAX)) {
            throw new UsageException(MAX + " goes with " + ALL);
        }
        QueueOptions.number(parsed, MAX, MOST, 1, MOST);
    }

    @Override
    public int run(ParseResult parsed, Session session, QueueAdmin admin) throws InterruptedException {
        String queue = QueueOptions.queueOf(parsed);
        List<String> ids = QueueOptions.idsOf(parsed);
        if (!ids.isEmpty()) {
            return QueueCommand.forEachJob(session, admin, queue, ids, "redriven", id -> admin.redrive(queue, id));
        }
        int max = QueueOptions.number(parsed, MAX, MOST, 1, MOST);
        long count = session.await(admin.redrive(queue, max));
        QueueOutput.line(session, Map.of("redriven", count));
        return ExitCode.DONE;
    }
}
