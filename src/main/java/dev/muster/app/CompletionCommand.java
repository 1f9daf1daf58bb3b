package dev.muster.app;

import java.util.List;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code muster completion}: the script by which a shell completes commands and options. */
final class CompletionCommand implements Command {

    private static final List<String> SHELLS = List.of("bash", "zsh");

    private final Supplier<CommandLine> whole;

    /** Of a command line with all its commands. */
    CompletionCommand(Supplier<CommandLine> whole) {
        this.whole = whole;
    }

    @Override
    public String name() {
        return "completion";
    }

    @Override
    public CommandSpec spec() {
        return Options.command(
                        name(),
                        "Prints the script by which bash or zsh completes muster's commands and options.",
                        "source <(muster completion bash)                    # this shell",
                        "muster completion bash > ~/.local/share/bash-completion/completions/muster",
                        "source <(muster completion zsh)                     # in ~/.zshrc, after compinit")
                .addPositional(PositionalParamSpec.builder()
                        .index("0")
                        .arity("1")
                        .required(true)
                        .paramLabel("SHELL")
                        .type(String.class)
                        .completionCandidates(SHELLS)
                        .description("bash or zsh.")
                        .build());
    }

    @Override
    public int run(ParseResult given, Session session) {
        String shell = given.matchedPositionalValue(0, "");
        if (!SHELLS.contains(shell)) {
            throw new UsageException("no completion for \"" + shell + "\"; there is one for bash and for zsh");
        }
        // The script knows by itself in which of the two it is sourced. Where it has nothing to offer, names of files
        // are
        // right: plans, folders and inputs are files.
        session.printLines(AutoComplete.bash("muster", whole.get())
                .replace("compopt +o default", "compopt -o default")
                .stripTrailing());
        return ExitCode.DONE;
    }
}
