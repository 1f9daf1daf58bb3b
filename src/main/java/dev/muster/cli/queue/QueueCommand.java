package dev.muster.cli.queue;

import dev.muster.cli.Command;
import dev.muster.cli.Options;
import dev.muster.cli.Session;
import dev.muster.cli.UsageException;
import dev.muster.config.Suggest;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code muster queue …}: works with the queues of a node, or with durable queues, from the shell. */
public final class QueueCommand implements Command {

    /** The time that a request under way has after a stop request. */
    static final long MAX_AFTER_STOP_MILLIS = 5_000;

    private final Map<String, QueueSubcommand> commands = new LinkedHashMap<>();

    public QueueCommand() {
        List.of(
                        new QueueListCommand(),
                        new QueueShowCommand(),
                        new QueuePutCommand(),
                        new QueueTakeCommand(),
                        new QueueRetryCommand(),
                        new QueueCancelCommand(),
                        new QueuePauseCommand(
                                "pause",
                                QueueAdmin.Turn.PAUSE,
                                "Pauses a queue: takes get no jobs, puts are still accepted."),
                        new QueuePauseCommand("resume", QueueAdmin.Turn.RESUME, "Ends a pause."),
                        new QueueDrainCommand())
                .forEach(command -> commands.put(command.name(), command));
    }

    @Override
    public String name() {
        return "queue";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Inspects the queues of a node or of a database, puts jobs and takes jobs.",
                "muster queue list",
                "muster queue put thumbnails '{\"image\": \"7.png\"}'",
                "muster queue put thumbnails - < images.ndjson",
                "muster queue show thumbnails --state dead",
                "",
                "With --url, the command connects to that node; the caller's key comes from the variable MUSTER_KEY or from",
                "--key-file. Without --url, it uses the durable queues of the configuration directly in their databases,",
                "whether a node runs or not, and other queues through the node at the configured server address.",
                "Exit code: 0 done, 1 failed or no response, 2 wrong usage, configuration or input.");
        spec.usageMessage().commandListHeading("%nCommands:%n");
        commands.forEach((name, command) -> spec.addSubcommand(name, QueueConnection.options(command.spec())));
        return spec;
    }

    @Override
    public int run(ParseResult given, Session session) throws InterruptedException {
        if (!given.hasSubcommand()) {
            throw new UsageException("which command of queue? There are " + String.join(", ", commands.keySet())
                    + "; see muster queue --help");
        }
        ParseResult words = given.subcommand();
        QueueSubcommand command =
                Optional.ofNullable(commands.get(words.commandSpec().name())).orElseThrow();
        command.check(words);
        try (QueueConnection reach = QueueConnection.of(words, session)) {
            return run(command, words, session, reach.desk());
        }
    }

    private static int run(QueueSubcommand command, ParseResult words, Session session, QueueAdmin desk)
            throws InterruptedException {
        try {
            return command.run(words, session, desk);
        } catch (MusterException e) {
            String queue = QueueOptions.queueIfAny(words);
            if (e.type() == ErrorType.NOT_FOUND && queue != null) {
                requireKnown(queue, session, desk);
            }
            throw e;
        }
    }

    /** Throws a clearer error if the queue itself, not a job, was not found. */
    private static void requireKnown(String queue, Session session, QueueAdmin desk) throws InterruptedException {
        List<String> names = session.await(desk.queues(), MAX_AFTER_STOP_MILLIS).stream()
                .map(one -> String.valueOf(one.get("name")))
                .toList();
        if (!names.contains(queue)) {
            throw new MusterException(
                    ErrorType.NOT_FOUND,
                    "there is no queue \"" + queue + "\" at " + desk.name() + Suggest.didYouMean(queue, names)
                            + (names.isEmpty()
                                    ? "; no queue there is permitted"
                                    : "; there are " + String.join(", ", names)));
        }
    }
}
