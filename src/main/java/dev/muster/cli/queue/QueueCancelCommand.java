package dev.muster.cli.queue;

import dev.muster.cli.Options;
import dev.muster.cli.Session;
import dev.muster.cli.UsageException;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code muster queue cancel}: cancels jobs. */
final class QueueCancelCommand implements QueueCommand.Subcommand {

    @Override
    public String name() {
        return "cancel";
    }

    @Override
    public CommandSpec spec() {
        return Options.command(
                        name(),
                        "Cancels waiting jobs, and requests the cancellation of jobs that a worker holds.",
                        "muster queue cancel thumbnails 17 18",
                        "muster queue show thumbnails --state ready | jq -r .id | xargs muster queue cancel thumbnails")
                .addPositional(QueueOptions.queue())
                .addPositional(QueueOptions.behind("ID", "Jobs."));
    }

    @Override
    public void check(ParseResult parsed) {
        QueueOptions.queueOf(parsed);
        if (QueueOptions.idsOf(parsed).isEmpty()) {
            throw new UsageException("which jobs? cancel takes a queue and ids; see muster queue cancel --help");
        }
    }

    @Override
    public int run(ParseResult parsed, Session session, QueueAdmin admin) throws InterruptedException {
        String queue = QueueOptions.queueOf(parsed);
        List<String> ids = QueueOptions.idsOf(parsed);
        return QueueCommand.forEachJob(session, admin, queue, ids, "cancelled", id -> admin.cancel(queue, id));
    }
}
