package dev.muster.cli.queue;

import dev.muster.cli.ExitCode;
import dev.muster.cli.Options;
import dev.muster.cli.Session;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code muster queue list}: lists all queues and their state. */
final class QueueListCommand implements QueueCommand.Subcommand {

    @Override
    public String name() {
        return "list";
    }

    @Override
    public CommandSpec spec() {
        return Options.command(
                        name(),
                        "Lists the queues and how many of their jobs are in each state.",
                        "muster queue list",
                        "muster queue list --json | jq 'select(.dead > 0)'")
                .addOption(QueueOutput.json());
    }

    @Override
    public int run(ParseResult parsed, Session session, QueueAdmin admin) throws InterruptedException {
        List<Map<String, @Nullable Object>> queues = session.await(admin.queues()).stream()
                .sorted(Comparator.comparing(queue -> String.valueOf(queue.get("name"))))
                .toList();
        QueueOutput.queues(parsed, session, queues);
        if (queues.isEmpty()) {
            session.say("no permitted queues at " + admin.name());
        }
        return ExitCode.DONE;
    }
}
