package dev.muster.plan;

import static dev.muster.plan.Option.Type.BOOLEAN;
import static dev.muster.plan.Option.Type.INTEGER;
import static dev.muster.plan.Option.Type.LIST;
import static dev.muster.plan.Option.Type.TEXT;
import static dev.muster.plan.Option.Type.TEXTS;
import static dev.muster.plan.Option.Type.TEXT_VALUE;
import static dev.muster.plan.Option.Type.URI;
import static dev.muster.plan.Option.Type.VALUE;
import static dev.muster.plan.Option.Type.VALUES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.config.Problem;
import dev.muster.config.ProblemsException;
import dev.muster.expr.Expressions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Words like those of the real verbs, and short ways to parse. */
final class Fixture {

    static final Expressions EXPRESSIONS = new Expressions();

    static final VerbSpec HTTP = VerbSpec.of(
                    "http",
                    VerbSpec.Target.SOURCE,
                    "Asks a service.",
                    Option.of("get", URI, "GET this."),
                    Option.of("post", URI, "POST to this."),
                    Option.of("args", VALUES, "What the URI template names."),
                    Option.of("query", VALUES, "Query parameters."),
                    Option.of("headers", VALUES, "Headers."),
                    Option.of("body", VALUE, "The body."),
                    Option.of("expect", TEXTS, "Status codes that are answers."),
                    Option.oneOf("as", "What the body is.", "json", "text", "bytes", "response"))
            .exactlyOneOf("get", "post")
            .withEffects(call -> call.has("post"))
            .summarized(call -> call.uri("get")
                    .map(uri -> "GET " + uri.source())
                    .or(() -> call.uri("post").map(uri -> "POST " + uri.source()))
                    .orElse("a computed address"))
            .example("orders: {http: shop, get: '/orders/{id}', args: {id: = input.id}}");

    static final VerbSpec POSTGRES = sql("postgres");
    static final VerbSpec MYSQL = sql("mysql");

    static final VerbSpec MONGO = VerbSpec.of(
                    "mongo",
                    VerbSpec.Target.SOURCE,
                    "Asks a MongoDB.",
                    Option.of("find", TEXT, "The collection to look in."),
                    Option.of("insert", TEXT, "The collection to add to."),
                    Option.of("filter", VALUES, "Which documents."),
                    Option.of("sort", VALUES, "Their order."),
                    Option.of("limit", INTEGER, "How many at most."),
                    Option.of("documents", LIST, "What to add."))
            .exactlyOneOf("find", "insert")
            .withEffects(call -> call.has("insert"))
            .flowing(call -> call.has("find"));

    static final VerbSpec CPU = VerbSpec.of(
            "cpu", VerbSpec.Target.FUNCTION, "Computes off the loop.", Option.of("with", VALUE, "The argument."));

    static final VerbSpec PLAN =
            VerbSpec.of("plan", VerbSpec.Target.PLAN, "Runs another plan.", Option.of("with", VALUE, "Its input."));

    static final VerbSpec QUEUE = VerbSpec.of(
                    "queue",
                    VerbSpec.Target.QUEUE,
                    "Puts a job into a queue.",
                    Option.of("put", VALUE, "The job's body.").needed(),
                    Option.of("unique", TEXT_VALUE, "Its key."),
                    Option.of("delay", Option.Type.DURATION_VALUE, "When."),
                    Option.of("urgent", BOOLEAN, "Whether it comes first."))
            .withEffects(call -> true);

    static final VerbSpec CALL = VerbSpec.of(
                    "call", VerbSpec.Target.ADDRESS, "Asks an address.", Option.of("with", VALUE, "The message."))
            .withEffects(call -> true);

    static final VerbSpec SET = VerbSpec.of("set", VerbSpec.Target.VALUE, "Gives a value.");
    static final VerbSpec SLEEP = VerbSpec.of("sleep", VerbSpec.Target.DURATION, "Waits.");
    static final VerbSpec FAIL =
            VerbSpec.of("fail", VerbSpec.Target.VALUE, "Fails.", Option.of("type", TEXT, "The type of the error."));

    static final Language LANGUAGE =
            new Language(List.of(HTTP, POSTGRES, MYSQL, MONGO, CPU, PLAN, QUEUE, CALL, SET, SLEEP, FAIL));

    static final PlanParser.Known KNOWN = new PlanParser.Known(
            Map.of(
                    "web", "http",
                    "stock-east", "http",
                    "stock-west", "http",
                    "sellers", "http",
                    "catalog", "postgres",
                    "shop", "mysql",
                    "reviews", "mongo"),
            Set.of("hash", "thumbnail"),
            Set.of("product-page"),
            Set.of("enrich"));

    private Fixture() {}

    private static VerbSpec sql(String verb) {
        return VerbSpec.of(
                        verb,
                        VerbSpec.Target.SOURCE,
                        "Asks a database.",
                        Option.of("sql", TEXT, "The statement.").needed(),
                        Option.of("params", LIST, "Its parameters."),
                        Option.oneOf("rows", "What is wanted.", "one", "many", "value", "none", "stream"))
                .withEffects(call -> !call.text("sql")
                        .orElseThrow()
                        .toLowerCase(java.util.Locale.ROOT)
                        .startsWith("select"))
                .flowing(call -> !call.has("rows")
                        || call.text("rows").equals(java.util.Optional.of("many"))
                        || call.text("rows").equals(java.util.Optional.of("stream")));
    }

    static PlanParser parser() {
        return new PlanParser(LANGUAGE, EXPRESSIONS);
    }

    /** A plan that the parser accepts; the published schema must accept it too. */
    static Plan parse(String yaml) {
        Plan plan = parser().parse("p.yaml", yaml.getBytes(StandardCharsets.UTF_8), KNOWN);
        assertThat(SchemaOfPlans.problems(yaml))
                .as("problems by the schema of%n%s", yaml)
                .isEmpty();
        return plan;
    }

    /** Steps of a plan named {@code t} with some input, indented by two. */
    static Plan steps(String yaml) {
        return parse(head() + yaml.indent(2));
    }

    /** What is wrong with steps; they begin in line 4, column 3. */
    static List<String> problemsOfSteps(String yaml) {
        return problems(head() + yaml.indent(2));
    }

    private static String head() {
        return "plan: t\ninput: {id: integer, ids: [integer], name: string?}\nsteps:\n";
    }

    /** Everything that is wrong with a plan. */
    static List<String> problems(String yaml) {
        return problems("p.yaml", yaml.getBytes(StandardCharsets.UTF_8));
    }

    static List<String> problems(String file, byte[] text) {
        try {
            parser().parse(file, text, KNOWN);
            return List.of();
        } catch (ProblemsException e) {
            return e.problems().stream().map(Problem::toString).toList();
        }
    }

    /** The step of this name on a level. */
    static Step step(List<Step> steps, String name) {
        return steps.stream()
                .filter(step -> step.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
