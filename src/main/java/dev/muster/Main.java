package dev.muster;

import dev.muster.cli.ExitCode;
import dev.muster.cli.MemoryEnd;
import dev.muster.cli.ProcessIo;
import dev.muster.cli.ProcessText;
import dev.muster.cli.Session;
import dev.muster.cli.SignalHandler;
import dev.muster.cli.Startup;
import dev.muster.cli.Stop;
import dev.muster.cli.UsageException;
import dev.muster.config.ProblemsException;
import dev.muster.loop.OutOfMemory;
import dev.muster.node.Muster;
import dev.muster.plan.MusterException;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The entry point of {@code target/muster.jar} and, with the dev edition, of {@code target/muster-dev.jar}. */
public final class Main {

    private static final String DEV = "dev";

    private Main() {}

    /**
     * Runs one command and exits the process with the command's exit code.
     *
     * @param args the words of the command line
     */
    public static void main(String[] args) {
        main(Edition.PRODUCTION, args);
    }

    /**
     * Runs one command as {@link #main(String[])} does, for an edition. The first signal cancels the command and cleans
     * up, or ends the process if there is nothing to cancel. The second signal ends the process at once.
     */
    public static void main(Edition edition, String[] args) {
        List<String> words = List.of(args);
        MemoryEnd.watch(() -> edition.embedding().kill());
        var startup = Startup.of(words);
        var stop = new Stop();
        var session = new Session(edition.embedding(), ProcessIo.ofProcess(), stop, startup);
        SignalHandler.install(session);
        System.exit(run(edition, session, () -> ProcessText.arguments(args)));
    }

    /**
     * Runs one command and waits for its end; nothing of the command is left running. Installs no signal handlers: the
     * caller requests an early end through {@code stop}.
     *
     * @return the exit code, as documented for the commands
     */
    public static int run(Edition edition, List<String> args, ProcessIo io, Stop stop) {
        return run(edition, new Session(edition.embedding(), io, stop, Startup.of(List.of())), () -> args);
    }

    private static int run(Edition edition, Session session, Supplier<List<String>> args) {
        int code = ExitCode.FAILED;
        try {
            try {
                code = dispatch(edition, session, args);
            } catch (OutOfMemoryError e) {
                OutOfMemory.check(e);
                throw e;
            } finally {
                session.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        int end = session.stop().code().orElse(code);
        return end == ExitCode.DONE && session.isErrorLost() ? ExitCode.FAILED : end;
    }

    private static int dispatch(Edition edition, Session session, Supplier<List<String>> parsed)
            throws InterruptedException {
        var words = new Commands(edition);
        try {
            List<String> args = parsed.get();
            boolean isNamed = edition.isDev() && !args.isEmpty() && args.get(0).equals(DEV);
            return command(session, words, isNamed ? args.subList(1, args.size()) : args);
        } catch (UsageException e) {
            complain(session, List.of("muster: " + e.getMessage()));
            return ExitCode.WRONG;
        } catch (ProblemsException e) {
            complain(session, e.problems().stream().map(Object::toString).toList());
            return ExitCode.WRONG;
        } catch (MusterException e) {
            complain(session, List.of("muster: " + e.type().word() + ": " + e.detail()));
            return ExitCode.FAILED;
        } catch (RuntimeException e) {
            LoggerFactory.getLogger(Main.class).error("internal error", e);
            complain(session, List.of("muster: internal error: " + e));
            return ExitCode.FAILED;
        } catch (StackOverflowError e) {
            complain(session, List.of("muster: the stack is exhausted, as something is nested too deeply; raise -Xss"));
            return ExitCode.FAILED;
        }
    }

    /** Reports why a command cannot run. */
    private static void complain(Session session, List<String> lines) {
        if (session.isInLog()) {
            lines.forEach(line -> LoggerFactory.getLogger(Main.class).error("{}", line));
        } else {
            session.say(lines);
        }
    }

    private static int command(Session session, Commands words, List<String> args) throws InterruptedException {
        boolean named = !args.isEmpty() && words.names().contains(args.get(0));
        if (!named && !args.isEmpty() && !args.get(0).startsWith("-")) {
            throw args.get(0).equals(DEV)
                    ? new UsageException("`dev` is in target/muster-dev.jar: java -jar target/muster-dev.jar COMMAND …,"
                            + " or scripts/muster dev COMMAND …")
                    : UsageException.unknownCommand(args.get(0), words.names());
        }
        CommandLine line = named ? words.line(args.get(0)) : words.line();
        if (named) {
            requireSubcommand(line, args);
        }
        ParseResult parsed;
        try {
            parsed = line.parseArgs(args.toArray(String[]::new));
        } catch (ParameterException e) {
            String name = e.getCommandLine().getCommandSpec().qualifiedName(" ");
            throw new UsageException(e.getMessage() + "; see " + name + " --help");
        }
        if (parsed.isVersionHelpRequested()) {
            session.print("muster " + Muster.version());
            return ExitCode.DONE;
        }
        if (!parsed.hasSubcommand() && !parsed.isUsageHelpRequested()) {
            throw new UsageException("a command is missing; there are " + String.join(", ", words.names()) + "; see "
                    + line.getCommandName() + " --help");
        }
        ParseResult last = parsed;
        while (last.hasSubcommand() && !last.isUsageHelpRequested()) {
            last = last.subcommand();
        }
        if (last.isUsageHelpRequested()) {
            session.printHelp(last.commandSpec().commandLine());
            return ExitCode.DONE;
        }
        return words.command(parsed.subcommand().commandSpec().name()).run(parsed.subcommand(), session);
    }

    /** Requires the word after a command group to be one of its subcommands. */
    private static void requireSubcommand(CommandLine line, List<String> args) {
        Set<String> names = line.getCommandSpec()
                .subcommands()
                .values()
                .iterator()
                .next()
                .getSubcommands()
                .keySet();
        if (!names.isEmpty() && args.size() > 1 && !args.get(1).startsWith("-") && !names.contains(args.get(1))) {
            throw UsageException.unknownCommand(args.get(0) + " " + args.get(1), names);
        }
    }
}
