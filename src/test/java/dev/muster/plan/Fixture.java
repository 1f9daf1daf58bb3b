package dev.muster.plan;

import static dev.muster.plan.Word.Type.BOOLEAN;
import static dev.muster.plan.Word.Type.DURATION;
import static dev.muster.plan.Word.Type.INTEGER;
import static dev.muster.plan.Word.Type.LIST;
import static dev.muster.plan.Word.Type.TEXT;
import static dev.muster.plan.Word.Type.TEXTS;
import static dev.muster.plan.Word.Type.TEXT_VALUE;
import static dev.muster.plan.Word.Type.URI;
import static dev.muster.plan.Word.Type.VALUE;
import static dev.muster.plan.Word.Type.VALUES;
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

    static final VerbWords HTTP = VerbWords.of(
                    "http",
                    VerbWords.Target.SOURCE,
                    "Asks a service.",
                    Word.of("get", URI, "GET this."),
                    Word.of("post", URI, "POST to this."),
                    Word.of("args", VALUES, "What the URI template names."),
                    Word.of("query", VALUES, "Query parameters."),
                    Word.of("headers", VALUES, "Headers."),
                    Word.of("body", VALUE, "The body."),
                    Word.of("expect", TEXTS, "Status codes that are answers."),
                    Word.oneOf("as", "What the body is.", "json", "text", "bytes", "response"))
            .exactlyOneOf("get", "post")
            .withEffects(call -> call.has("post"))
            .summarized(call -> call.uri("get")
                    .map(uri -> "GET " + uri.source())
                    .or(() -> call.uri("post").map(uri -> "POST " + uri.source()))
                    .orElse("a computed address"))
            .example("orders: {http: shop, get: '/orders/{id}', args: {id: = input.id}}");

    static final VerbWords POSTGRES = sql("postgres");
    static final VerbWords MYSQL = sql("mysql");

    static final VerbWords MONGO = VerbWords.of(
                    "mongo",
                    VerbWords.Target.SOURCE,
                    "Asks a MongoDB.",
                    Word.of("find", TEXT, "The collection to look in."),
                    Word.of("insert", TEXT, "The collection to add to."),
                    Word.of("filter", VALUES, "Which documents."),
                    Word.of("sort", VALUES, "Their order."),
                    Word.of("limit", INTEGER, "How many at most."),
                    Word.of("documents", LIST, "What to add."))
            .exactlyOneOf("find", "insert")
            .withEffects(call -> call.has("insert"))
            .flowing(call -> call.has("find"));

    static final VerbWords CPU = VerbWords.of(
            "cpu", VerbWords.Target.FUNCTION, "Computes off the loop.", Word.of("with", VALUE, "The argument."));

    static final VerbWords PLAN =
            VerbWords.of("plan", VerbWords.Target.PLAN, "Runs another plan.", Word.of("with", VALUE, "Its input."));

    static final VerbWords QUEUE = VerbWords.of(
                    "queue",
                    VerbWords.Target.QUEUE,
                    "Puts a job into a queue.",
                    Word.of("put", VALUE, "The job's body.").needed(),
                    Word.of("unique", TEXT_VALUE, "Its key."),
                    Word.of("delay", Word.Type.DURATION_VALUE, "When."),
                    Word.of("urgent", BOOLEAN, "Whether it comes first."))
            .withEffects(call -> true);

    static final VerbWords CALL = VerbWords.of(
                    "call", VerbWords.Target.ADDRESS, "Asks an address.", Word.of("with", VALUE, "The message."))
            .withEffects(call -> true);

    static final VerbWords SET = VerbWords.of("set", VerbWords.Target.VALUE, "Gives a value.");
    static final VerbWords SLEEP = VerbWords.of("sleep", VerbWords.Target.DURATION, "Waits.");
    static final VerbWords FAIL =
            VerbWords.of("fail", VerbWords.Target.VALUE, "Fails.", Word.of("type", TEXT, "The type of the error."));

    static final PolicyWords CACHE = PolicyWords.of(
            "cache",
            "Keeps the result for others.",
            Word.of("ttl", DURATION, "How long.").needed(),
            Word.of("key", VALUE, "Under which key."),
            Word.of("staleIfError", DURATION, "How long after that if asking fails."));

    static final PolicyWords RATE = PolicyWords.text("rate", "Waits for a token.");

    static final Language LANGUAGE = new Language(
            List.of(HTTP, POSTGRES, MYSQL, MONGO, CPU, PLAN, QUEUE, CALL, SET, SLEEP, FAIL), List.of(CACHE, RATE));

    static final Known KNOWN = new Known(
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

    private static VerbWords sql(String verb) {
        return VerbWords.of(
                        verb,
                        VerbWords.Target.SOURCE,
                        "Asks a database.",
                        Word.of("sql", TEXT, "The statement.").needed(),
                        Word.of("params", LIST, "Its parameters."),
                        Word.oneOf("rows", "What is wanted.", "one", "many", "value", "none", "stream"))
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
