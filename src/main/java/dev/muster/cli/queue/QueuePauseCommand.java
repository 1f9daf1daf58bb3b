package dev.muster.cli.queue;

import dev.muster.cli.ExitCode;
import dev.muster.cli.Options;
import dev.muster.cli.Session;
import dev.muster.cli.queue.QueueAdmin.Switch;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code muster queue pause} and {@code resume}. */
final class QueuePauseCommand implements QueueCommand.Subcommand {

    private static final String REOPEN = "--reopen";

    private final String name;
    private final Switch change;
    private final String about;

    QueuePauseCommand(String name, Switch change, String about) {
        this.name = name;
        this.change = change;
        this.about = about;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(name, about, "muster queue " + name + " thumbnails")
                .addPositional(QueueOptions.queue())
                .addOption(QueueOutput.json());
        return change == Switch.RESUME
                ? spec.addOption(Options.flag(REOPEN, "Also accepts puts again after a drain."))
                : spec;
    }

    @Override
    public void check(ParseResult parsed) {
        QueueOptions.queueOf(parsed);
    }

    @Override
    public int run(ParseResult parsed, Session session, QueueAdmin admin) throws InterruptedException {
        String queue = QueueOptions.queueOf(parsed);
        Map<String, @Nullable Object> status = session.await(admin.change(queue, change));
        if (change == Switch.RESUME && Options.has(parsed, REOPEN)) {
            status = session.await(admin.change(queue, Switch.REOPEN));
        } else if (change == Switch.RESUME && Boolean.TRUE.equals(status.get("closed"))) {
            session.say("the queue is still closed: " + REOPEN + " accepts puts again");
        }
        QueueOutput.queues(parsed, session, List.of(status));
        return ExitCode.DONE;
    }
}
