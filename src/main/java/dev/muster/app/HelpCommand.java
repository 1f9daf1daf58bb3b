package dev.muster.app;

import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code muster help}: the same as {@code --help} behind a command. */
final class HelpCommand implements Command {

    private final Supplier<CommandLine> whole;

    /** Of a command line with all its commands. */
    HelpCommand(Supplier<CommandLine> whole) {
        this.whole = whole;
    }

    @Override
    public String name() {
        return "help";
    }

    @Override
    public CommandSpec spec() {
        return Options.command(name(), "Shows the help of a command, or of all.", "muster help run")
                .addPositional(PositionalParamSpec.builder()
                        .index("0")
                        .arity("0..1")
                        .paramLabel("COMMAND")
                        .type(String.class)
                        .description("The command.")
                        .build());
    }

    @Override
    public int run(ParseResult given, Session session) {
        CommandLine line = whole.get();
        String name = given.matchedPositionalValue(0, null);
        CommandLine asked = name == null ? line : line.getSubcommands().get(name);
        if (asked == null) {
            throw new UsageException(
                    CommandWords.unknown(name, line.getSubcommands().keySet()));
        }
        session.printHelp(asked);
        return ExitCode.DONE;
    }
}
