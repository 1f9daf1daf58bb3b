package dev.muster.cli;

import dev.muster.config.Problems;
import dev.muster.node.CloseSequence;
import dev.muster.node.Resources;
import dev.muster.node.Verbs;
import dev.muster.plan.Language;
import dev.muster.plan.PlanSchema;
import dev.muster.run.RunLimits;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code muster schema}: prints the JSON Schema of plans, for editors. */
public final class SchemaCommand implements Command {

    @Override
    public String name() {
        return "schema";
    }

    @Override
    public CommandSpec spec() {
        return Options.command(
                name(),
                "Prints the JSON Schema of plans, for editors and for checks elsewhere.",
                "muster schema > plan.schema.json");
    }

    @Override
    public int run(ParseResult parsed, Session session) {
        Resources resources = session.startup().resources();
        CloseSequence closeSequence = resources.closeSequence();
        try {
            var verbs = new Verbs(List.of(), resources, Path.of("conf"), RunLimits.DEFAULTS.runTime(), new Problems());
            session.printJson(PlanSchema.of(new Language(verbs.words())));
            return ExitCode.DONE;
        } finally {
            closeSequence.close();
        }
    }
}
