package dev.muster.cli.queue;

import dev.muster.cli.Command;
import dev.muster.cli.ExitCode;
import dev.muster.cli.Options;
import dev.muster.cli.Session;
import dev.muster.cli.UsageException;
import dev.muster.config.Suggest;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code muster queue …}: works with the queues of a node, or with durable queues, from the shell. */
public final class QueueCommand implements Command {

    /** The time before a picture of the progress is drawn. */
    static final Duration BEFORE_PICTURE = Duration.ofMillis(300);

    private final Map<String, Subcommand> commands = new LinkedHashMap<>();

    /** A subcommand of {@code muster queue}. */
    interface Subcommand {

        String name();

        /** The name, options and help, without the options shared by all subcommands; created anew for each call. */
        CommandSpec spec();

        /**
         * Checks the command line before any connection is made.
         *
         * @throws UsageException if the command line is wrong
         */
        default void check(ParseResult parsed) {}

        /**
         * Runs the subcommand on the main thread, which can block.
         *
         * @return the exit code
         * @throws UsageException if the command line is wrong
         * @throws dev.muster.plan.MusterException with the failure
         */
        int run(ParseResult parsed, Session session, QueueAdmin admin) throws InterruptedException;
    }

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
                                QueueAdmin.Switch.PAUSE,
                                "Pauses a queue: takes get no jobs, puts are still accepted."),
                        new QueuePauseCommand("resume", QueueAdmin.Switch.RESUME, "Ends a pause."),
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
    public int run(ParseResult parsed, Session session) throws InterruptedException {
        if (!parsed.hasSubcommand()) {
            throw new UsageException("which command of queue? There are " + String.join(", ", commands.keySet())
                    + "; see muster queue --help");
        }
        ParseResult words = parsed.subcommand();
        Subcommand command =
                Optional.ofNullable(commands.get(words.commandSpec().name())).orElseThrow();
        command.check(words);
        try (QueueConnection connection = QueueConnection.of(words, session)) {
            return run(command, words, session, connection.admin());
        }
    }

    private static int run(Subcommand command, ParseResult words, Session session, QueueAdmin admin)
            throws InterruptedException {
        try {
            return command.run(words, session, admin);
        } catch (MusterException e) {
            String queue = QueueOptions.queueIfAny(words);
            if (e.type() == ErrorType.NOT_FOUND && queue != null) {
                requireKnown(queue, session, admin);
            }
            throw e;
        }
    }

    /** Throws a clearer error if the queue itself, not a job, was not found. */
    private static void requireKnown(String queue, Session session, QueueAdmin admin) throws InterruptedException {
        List<String> names = session.await(admin.queues()).stream()
                .map(status -> String.valueOf(status.get("name")))
                .toList();
        if (!names.contains(queue)) {
            throw new MusterException(
                    ErrorType.NOT_FOUND,
                    "there is no queue \"" + queue + "\" at " + admin.name() + Suggest.didYouMean(queue, names)
                            + (names.isEmpty()
                                    ? "; no queue there is permitted"
                                    : "; there are " + String.join(", ", names)));
        }
    }

    /**
     * Applies an operation to jobs, one after the other. Prints {@code {id, DONE: true}} for each success and reports
     * each failure, which does not stop the others.
     *
     * @return the exit code
     * @throws MusterException if the queue itself or the access to it failed, so that every other job would fail too
     */
    static int forEachJob(
            Session session,
            QueueAdmin admin,
            String queue,
            List<String> ids,
            String done,
            Function<String, Future<@Nullable Void>> operation)
            throws InterruptedException {
        int failed = 0;
        for (String id : ids) {
            if (session.stop().code().isPresent()) {
                break;
            }
            try {
                session.await(operation.apply(id));
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("id", id);
                line.put(done, true);
                QueueOutput.line(session, line);
            } catch (MusterException e) {
                if (failed == 0) {
                    throwIfForAll(e, session, admin, queue);
                }
                failed++;
                session.say("job " + id + ": " + e.type().word() + ": " + e.detail());
            }
        }
        return failed == 0 ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static void throwIfForAll(MusterException failure, Session session, QueueAdmin admin, String queue)
            throws InterruptedException {
        if (failure.type() == ErrorType.DENIED || failure.type() == ErrorType.UNAVAILABLE) {
            throw failure;
        }
        if (failure.type() == ErrorType.NOT_FOUND) {
            // The job or its queue: the status of a queue that is not there fails too.
            session.await(admin.queue(queue));
        }
    }
}
