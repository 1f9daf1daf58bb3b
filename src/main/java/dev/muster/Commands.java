package dev.muster;

import dev.muster.cli.CheckCommand;
import dev.muster.cli.Command;
import dev.muster.cli.CompareCommand;
import dev.muster.cli.CompletionCommand;
import dev.muster.cli.ExplainCommand;
import dev.muster.cli.HelpCommand;
import dev.muster.cli.MigrateCommand;
import dev.muster.cli.Options;
import dev.muster.cli.RunCommand;
import dev.muster.cli.SchemaCommand;
import dev.muster.cli.ServeCommand;
import dev.muster.cli.queue.QueueCommand;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The commands of an edition and the grammar of the command line. */
final class Commands {

    private static final String MUSTER = "muster";
    private static final String DEV = "dev";

    private final Map<String, Command> everywhere = new LinkedHashMap<>();
    private final Map<String, Command> commands = new LinkedHashMap<>();
    private final boolean isDev;

    Commands(Edition edition) {
        isDev = edition.isDev();
        List<Command> all = List.of(
                new RunCommand(),
                new CompareCommand(),
                new CheckCommand(),
                new ExplainCommand(),
                new ServeCommand(),
                new MigrateCommand(),
                new QueueCommand(),
                new SchemaCommand(),
                new CompletionCommand(this::completed),
                new HelpCommand(this::line));
        all.forEach(command -> everywhere.put(command.name(), command));
        commands.putAll(everywhere);
        edition.commands().get().forEach(command -> commands.put(command.name(), command));
    }

    Command command(String name) {
        Command command = commands.get(name);
        if (command == null) {
            throw new IllegalArgumentException("no command " + name);
        }
        return command;
    }

    Set<String> names() {
        return commands.keySet();
    }

    /** The grammar of the whole command line, which starts with {@code muster dev} in the dev edition. */
    CommandLine line() {
        return line(name(), commands.values());
    }

    /** The grammar of one command. Building that of all commands takes a tenth of a second. */
    CommandLine line(String command) {
        return line(name(), List.of(command(command)));
    }

    /** The words for shell completion, including those after {@code dev} in the dev edition. */
    private CommandLine completed() {
        CommandLine line = line(MUSTER, everywhere.values());
        return isDev ? line.addSubcommand(DEV, line(DEV, commands.values())) : line;
    }

    private String name() {
        return isDev ? MUSTER + " " + DEV : MUSTER;
    }

    private static CommandLine line(String name, Collection<Command> commands) {
        CommandSpec root = Options.command(
                        name,
                        "Turns one request, or one queued job, into many concurrent calls to HTTP services, databases,"
                                + " files and CPU work, and returns one combined answer.",
                        name + " run page.yaml --input '{\"id\": 7}'",
                        name + " help run")
                .addOption(OptionSpec.builder("-V", "--version")
                        .versionHelp(true)
                        .description("Shows the version.")
                        .build());
        root.usageMessage().commandListHeading("%nCommands:%n");
        commands.forEach(command -> root.addSubcommand(command.name(), command.spec()));
        // Picocli would read {@code @FILE} as a file of arguments; here it names an input file.
        return new CommandLine(root).setExpandAtFiles(false);
    }
}
