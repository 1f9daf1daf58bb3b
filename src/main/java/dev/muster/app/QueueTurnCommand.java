package dev.muster.app;

import dev.muster.app.desk.QueueDesk;
import dev.muster.app.desk.QueueDesk.Turn;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code muster queue pause} and {@code resume}. */
final class QueueTurnCommand implements QueueSubcommand {

    private static final String REOPEN = "--reopen";

    private final String name;
    private final Turn turn;
    private final String about;

    QueueTurnCommand(String name, Turn turn, String about) {
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
                .addPositional(QueueWordsOfLine.queue())
                .addOption(QueueOutput.json());
        return turn == Turn.RESUME
                ? spec.addOption(Options.flag(REOPEN, "Also accepts puts again after a drain."))
                : spec;
    }

    @Override
    public void check(ParseResult given) {
        QueueWordsOfLine.queueOf(given);
    }

    @Override
    public int run(ParseResult given, Session session, QueueDesk desk) throws InterruptedException {
        String queue = QueueWordsOfLine.queueOf(given);
        Map<String, @Nullable Object> status =
                session.await(desk.turn(queue, turn), QueueCommand.MOST_AFTER_STOP_MILLIS);
        if (turn == Turn.RESUME && Options.has(given, REOPEN)) {
            status = session.await(desk.turn(queue, Turn.REOPEN), QueueCommand.MOST_AFTER_STOP_MILLIS);
        } else if (turn == Turn.RESUME && Boolean.TRUE.equals(status.get("closed"))) {
            session.say("the queue is still closed: " + REOPEN + " accepts puts again");
        }
        QueueOutput.queues(given, session, List.of(status));
        return ExitCode.DONE;
    }
}
