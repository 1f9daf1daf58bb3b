package dev.muster.cli.queue;

import dev.muster.cli.ExitCode;
import dev.muster.cli.Options;
import dev.muster.cli.Session;
import dev.muster.cli.queue.QueueAdmin.Turn;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code muster queue pause} and {@code resume}. */
final class QueuePauseCommand implements QueueSubcommand {

    private static final String REOPEN = "--reopen";

    private final String name;
    private final Turn turn;
    private final String about;

    QueuePauseCommand(String name, Turn turn, String about) {
        this.name = name;
        this.turn = turn;
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
        return turn == Turn.RESUME
                ? spec.addOption(Options.flag(REOPEN, "Also accepts puts again after a drain."))
                : spec;
    }

    @Override
    public void check(ParseResult given) {
        QueueOptions.queueOf(given);
    }

    @Override
    public int run(ParseResult given, Session session, QueueAdmin desk) throws InterruptedException {
        String queue = QueueOptions.queueOf(given);
        Map<String, @Nullable Object> status =
                session.await(desk.turn(queue, turn), QueueCommand.MAX_AFTER_STOP_MILLIS);
        if (turn == Turn.RESUME && Options.has(given, REOPEN)) {
            status = session.await(desk.turn(queue, Turn.REOPEN), QueueCommand.MAX_AFTER_STOP_MILLIS);
        } else if (turn == Turn.RESUME && Boolean.TRUE.equals(status.get("closed"))) {
            session.say("the queue is still closed: " + REOPEN + " accepts puts again");
        }
        QueueOutput.queues(given, session, List.of(status));
        return ExitCode.DONE;
    }
}
