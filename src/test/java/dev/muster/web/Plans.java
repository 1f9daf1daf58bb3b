package dev.muster.web;

import dev.muster.expr.Expressions;
import dev.muster.plan.Language;
import dev.muster.plan.Plan;
import dev.muster.plan.PlanParser;
import dev.muster.plan.PlanParser.Known;
import dev.muster.run.BuiltIn;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/** Short ways to plans. */
final class Plans {

    private static final PlanParser PARSER = new PlanParser(new Language(BuiltIn.words()), new Expressions());

    private Plans() {}

    /** A plan by its text, of the file {@code NAME.yaml}. */
    static Plan parse(String name, String yaml) {
        return PARSER.parse(
                name + ".yaml",
                ("plan: " + name + "\n" + yaml).getBytes(StandardCharsets.UTF_8),
                new Known(Map.of(), Set.of(), Set.of(), Set.of()));
    }

    /** A plan with an endpoint, whose path's variables are text. */
    static Plan exposed(String name, String expose) {
        StringBuilder input = new StringBuilder();
        for (String part : expose.split("[{}]")) {
            if (expose.contains("{" + part + "}")) {
                input.append(input.isEmpty() ? "" : ", ").append(part).append(": string");
            }
        }
        return parse(name, "input: {" + input + "}\nexpose: " + expose + "\noutput: ok\n");
    }

    /** A plan that takes what a shorthand says. */
    static Plan taking(String shorthand) {
        return parse("t", "input: " + shorthand + "\noutput: ok\n");
    }

    /** A plan that takes what a JSON Schema says. */
    static Plan takingSchema(String schema) {
        return parse("t", "inputSchema: " + schema + "\noutput: ok\n");
    }
}
