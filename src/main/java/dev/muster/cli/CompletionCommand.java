package dev.muster.cli;

import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code muster completion}: prints the completion script for a shell. */
public final class CompletionCommand implements Command {

    private static final List<String> SHELLS = List.of("bash", "zsh");

    /** The words after a command that takes plans. */
    private static final Pattern OF_PLANS = Pattern.compile(
            "(function _picocli_muster(?:_dev)?_(?:run|compare|check|explain)\\(\\) \\{(?:(?!\nfunction ).)*?)"
                    + "local positionals=\"\"((?:(?!\nfunction ).)*?-- \"\\$\\{curr_word}\"\\) \\)\n  fi\n)",
            Pattern.DOTALL);

    private static final String FILES_TOO =
            "  type compopt &>/dev/null && compopt -o filenames\n  [[ \"${curr_word}\" == -* ]] ||"
                    + " COMPREPLY+=( $(compgen -f -- \"${curr_word}\") )\n";

    /** A shell function that reads the plan names from the files at each completion. */
    private static final String SAVED_PLANS = """

            # The names of the plans that the configuration saves: of the folder behind --conf, or else of conf.
            function _muster_saved_plans() {
              local conf=conf i next
              for (( i = 1; i < COMP_CWORD; i++ )); do
                case "${COMP_WORDS[i]}" in
                  -c|--conf)
                    next=$(( i + 1 ))
                    [[ "${COMP_WORDS[next]}" == "=" ]] && next=$(( i + 2 ))
                    conf=${COMP_WORDS[next]}
                    ;;
                esac
              done
              sed -n -E 's/^([{] *"plan"|plan) *: *["]?([A-Za-z0-9_.-]+).*$/\\2/p' \
                "$conf"/plans/*.yaml "$conf"/plans/*.yml "$conf"/plans/*.json 2>/dev/null
            }""";

    private final Supplier<CommandLine> whole;

    /** Creates the command for the grammar of the whole command line. */
    public CompletionCommand(Supplier<CommandLine> whole) {
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
    public int run(ParseResult parsed, Session session) {
        String shell = parsed.matchedPositionalValue(0, "");
        if (!SHELLS.contains(shell)) {
            throw new UsageException("no completion for \"" + shell + "\"; there is one for bash and for zsh");
        }
        // The script detects its shell itself. Without a completion of its own it completes file names, since plans,
        // folders and inputs are files.
        String script = AutoComplete.bash("muster", whole.get()).replace("compopt +o default", "compopt -o default");
        session.printLines(OF_PLANS.matcher(script)
                        .replaceAll(found -> Matcher.quoteReplacement(found.group(1)
                                + "local positionals=$(_muster_saved_plans)" + found.group(2) + FILES_TOO))
                + SAVED_PLANS);
        return ExitCode.DONE;
    }
}
