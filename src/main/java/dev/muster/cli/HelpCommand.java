package dev.muster.cli;

import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code muster help}: shows the same as {@code --help} after a command. */
public final class HelpCommand implements Command {

    private final Supplier<CommandLine> whole;

    /** Creates the command for the grammar of the whole command line. */
    public HelpCommand(Supplier<CommandLine> whole) {
        this.whole = whole;
    }

    @Override
    public String name() {
        return "help";
    }

    @Override
    public CommandSpec spec() {
        return Options.command(name(), "Shows the help of one command, or of all.", "muster help run")
                .addPositional(PositionalParamSpec.builder()
                        .index("0..*")
                        .arity("0..*")
                        .paramLabel("COMMAND")
                        .type(String[].class)
                        .description("The command, and its subcommand if it has any.")
                        .build());
    }

    @Override
    public int run(ParseResult parsed, Session session) {
        CommandLine command = whole.get();
        String before = "";
        for (String name : parsed.matchedPositionalValue(0, new String[0])) {
            CommandLine next = command.getSubcommands().get(name);
            if (next == null) {
                throw UsageException.unknownCommand(
                        before + name, command.getSubcommands().keySet());
            }
            before += name + " ";
            command = next;
        }
        session.printHelp(command);
        return ExitCode.DONE;
    }
}
