package dev.muster.app;

import dev.muster.config.Suggest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The commands of an edition, and the words of the whole command line. */
final class CommandWords {

    private final Map<String, Command> commands = new LinkedHashMap<>();

    CommandWords(Edition edition) {
        List<Command> all = new ArrayList<>(List.of(
                new RunCommand(),
                new CompareCommand(),
                new CheckCommand(),
                new ExplainCommand(),
                new SchemaCommand(),
                new CompletionCommand(this::line),
                new HelpCommand(this::line)));
        all.addAll(edition.commands().get());
        all.forEach(command -> commands.put(command.name(), command));
    }

    /** The command of this name. */
    Command command(String name) {
        Command command = commands.get(name);
        if (command == null) {
            throw new IllegalArgumentException("no command " + name);
        }
        return command;
    }

    /** Their names. */
    Set<String> names() {
        return commands.keySet();
    }

    /** The words of the whole command line. */
    CommandLine line() {
        return line(commands.values());
    }

    /** The words of the command line of one command: to know those of all takes a tenth of a second. */
    CommandLine line(String name) {
        return line(List.of(command(name)));
    }

    private static CommandLine line(Collection<Command> commands) {
        CommandSpec root = Options.command(
                        "muster",
                        "Gathers from HTTP services, files and CPU work, all at once; when the caller leaves, everything stops.",
                        "muster run page.yaml --input '{\"id\": 7}'",
                        "muster help run")
                .addOption(OptionSpec.builder("-V", "--version")
                        .versionHelp(true)
                        .description("Shows the version.")
                        .build());
        root.usageMessage().commandListHeading("%nCommands:%n");
        commands.forEach(command -> root.addSubcommand(command.name(), command.spec()));
        // A word that starts with @ names a file of input, not of more words.
        return new CommandLine(root).setExpandAtFiles(false);
    }

    /** What to tell somebody who wrote a command that is not there. */
    static String unknown(String word, Set<String> names) {
        return "unknown command \"" + word + "\"" + Suggest.didYouMean(word, names) + "; there are "
                + String.join(", ", names);
    }
}
