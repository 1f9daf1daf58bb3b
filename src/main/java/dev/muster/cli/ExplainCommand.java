package dev.muster.cli;

import dev.muster.plan.Explain;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code muster explain}: shows what a plan will do without running it. */
public final class ExplainCommand implements Command {

    private static final String JSON = "--json";

    @Override
    public String name() {
        return "explain";
    }

    @Override
    public CommandSpec spec() {
        return Options.command(
                        name(),
                        "Shows what a plan will do: its stages, dependencies, limits and worst-case time. Runs nothing,"
                                + " and reads only the configuration.",
                        "muster explain page.yaml",
                        "muster explain page.yaml --json",
                        "",
                        "Exit code: 0, or 2 if the plan or the configuration is wrong.")
                .addPositional(Options.plan())
                .addOption(Options.conf())
                .addOption(Options.flag(JSON, "Prints JSON."));
    }

    @Override
    public int run(ParseResult parsed, Session session) {
        String file = parsed.matchedPositionalValue(0, "");
        try (Setup setup = Setup.read(Options.where(parsed), session, List.of(file), false)) {
            Explain explain = Explain.of(
                            setup.plans().get(0), setup.project().limits().run().runTime())
                    .at(setup.now());
            if (Options.has(parsed, JSON)) {
                session.printJson(explain.toValue());
            } else {
                session.printLines(explain.text().stripTrailing());
            }
            return ExitCode.DONE;
        }
    }
}
