package dev.muster.plan;

import dev.muster.config.Fields;
import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.ProblemsException;
import dev.muster.config.Scalar;
import dev.muster.config.Sequence;
import dev.muster.config.Yaml;
import dev.muster.expr.Expressions;
import dev.muster.expr.Type;
import dev.muster.plan.NameScope.Rule;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parser of plan files: YAML or JSON in, a checked {@link Plan} out. Immutable, and safe on any thread. A large plan
 * takes too long to parse for an event loop.
 *
 * <p>The semantic errors of a file are reported all at once, each with its position. A YAML syntax error ends the parse.
 */
public final class PlanParser {

    /** The top-level words of a plan. */
    static final Set<String> WORDS = Set.of(
            "plan",
            "description",
            "input",
            "inputSchema",
            "expose",
            "public",
            "adhoc",
            TriggerReader.WORD,
            TriggerReader.CHECKPOINT,
            "timeout",
            "steps",
            "output");

    /**
     * The limits of a plan file.
     *
     * @param fileBytes the size of the file, in bytes; setting {@code server.limits.file}
     * @param steps the number of steps written, inner steps included; setting {@code server.limits.steps}
     * @param nesting the depth of steps within steps, from 1 to 100; setting {@code server.limits.stepNesting}
     * @param expressionChars the length of an expression, in code points; setting {@code server.limits.expression}
     * @param expressions the number of expressions written; setting {@code server.limits.expressions}
     * @param yamlNesting the depth of lists and maps; setting {@code server.limits.nesting}
     * @param aliased the number of nodes that YAML aliases can add; setting {@code server.limits.aliased}
     */
    public record Limits(
            int fileBytes, int steps, int nesting, int expressionChars, int expressions, int yamlNesting, int aliased) {

        /** 1 MiB, 10,000 steps, 16 levels, 10,000 expressions of 64 Ki characters, 64 levels of YAML, 100,000 nodes by aliases. */
        public static final Limits DEFAULT = new Limits(1024 * 1024, 10_000, 16, 64 * 1024, 10_000, 64, 100_000);

        /** Checks that the limits are positive, and that nesting is at most 100. */
        public Limits {
            if (fileBytes < 1 || steps < 1 || nesting < 1 || nesting > 100 || expressionChars < 1 || expressions < 1) {
                throw new IllegalArgumentException("not usable as bounds of plans: " + fileBytes + " bytes, " + steps
                        + " steps, nesting " + nesting + " (from 1 to 100), expressions of " + expressionChars
                        + " characters");
            }
        }
    }

    /**
     * The names that a plan can mention: sources, functions, plans and queues.
     *
     * @param sources the kind of each source, by the source's name
     * @param functions names of functions, or null to accept any
     * @param plans names of plans
     * @param queues names of queues
     */
    public record Known(
            Map<String, String> sources, @Nullable Set<String> functions, Set<String> plans, Set<String> queues) {}

    private final Language language;
    private final Expressions expressions;
    private final Limits limits;

    /** A parser with the default limits. */
    public PlanParser(Language language, Expressions expressions) {
        this(language, expressions, Limits.DEFAULT);
    }

    /** A parser with the given limits. */
    public PlanParser(Language language, Expressions expressions, Limits limits) {
        this.language = language;
        this.expressions = expressions;
        this.limits = limits;
    }

    /**
     * Parses and checks a plan file.
     *
     * @param file the name of the file in positions
     * @param text the contents, in UTF-8
     * @param known the names that the plan can mention
     * @throws ProblemsException with all errors
     */
    public Plan parse(String file, byte[] text, Known known) throws ProblemsException {
        return parse(read(file, text), known);
    }

    /**
     * Reads a plan file without checking the plan.
     *
     * @throws ProblemsException if it is not YAML or too large
     */
    public Node read(String file, byte[] text) throws ProblemsException {
        return Yaml.read(file, text, new Yaml.Limits(limits.fileBytes(), limits.yamlNesting(), limits.aliased()));
    }

    /**
     * Checks a plan that was read before.
     *
     * @throws ProblemsException with all errors
     */
    public Plan parse(Node root, Known known) throws ProblemsException {
        return parse(root, known, () -> {});
    }

    /**
     * Checks a plan that was read before, and can stop early.
     *
     * @param beforeExpression called before each expression is compiled; whatever it throws ends the parse
     * @throws ProblemsException with all errors
     */
    public Plan parse(Node root, Known known, Runnable beforeExpression) throws ProblemsException {
        Parsing parsing = new Parsing(language, expressions, known, limits, beforeExpression);
        if (!(root instanceof Mapping mapping)) {
            parsing.problem(
                    root.at(), "a plan must be a map with \"plan\", \"steps\" and \"output\", not " + root.describe());
            throw new ProblemsException(parsing.problems.list());
        }
        parsing.countExpressions(root);
        Plan plan = plan(mapping, parsing);
        parsing.problems.throwIfAny();
        return plan;
    }

    private static Plan plan(Mapping written, Parsing parsing) throws ProblemsException {
        Mapping mapping = TemplateReader.withoutMisplaced(
                written,
                "the plan",
                word -> WORDS.contains(word) && !word.equals("output") && !word.equals("description"),
                parsing.problems);
        Fields fields = new Fields(mapping, "the plan", parsing.problems);
        boolean isNameReported =
                written.has("plan") ? !mapping.has("plan") : fields.hasMisspelt(List.of("plan"), WORDS);
        String name = isNameReported ? fields.string("plan").orElse("") : fields.requireString("plan");
        checkName(name, fields);
        fields.string("description");
        Plan.Input input = input(fields, parsing);
        // The misspelt word is reported. Errors about missing inputs would only follow from it.
        boolean isInputMisspelt = !written.has("input")
                && !written.has("inputSchema")
                && fields.hasMisspelt(List.of("input", "inputSchema"), WORDS);
        Plan.Expose expose = fields.string("expose").isPresent() && mapping.get("expose") instanceof Scalar scalar
                ? Plan.Expose.read(scalar, isInputMisspelt ? null : input.names(), parsing.problems)
                : null;
        boolean isPublic = fields.bool("public", false);
        if (isPublic && !mapping.has("expose")) {
            fields.problem("public", "public applies to an endpoint, but the plan has no \"expose\"");
        }
        boolean adhoc = fields.bool("adhoc", false);
        Duration timeout = PolicyReader.timeout(fields, "timeout").orElse(null);
        Body body = body(fields, parsing, NameScope.ofPlan(isInputMisspelt ? Type.ANY : input.type()));
        Trigger trigger = TriggerReader.read(fields, parsing.known.queues(), body.steps(), input);
        fields.unknownWords();
        return new Plan(
                name,
                mapping.at(),
                input,
                expose,
                isPublic,
                adhoc,
                trigger,
                timeout,
                body.inOrder(),
                body.steps(),
                body.streamed(),
                body.output());
    }

    private record Body(
            boolean inOrder,
            List<Step> steps,
            Set<String> streamed,
            @Nullable Template output) {}

    private static Body body(Fields fields, Parsing parsing, NameScope around) throws ProblemsException {
        Optional<Node> node = fields.node("steps");
        boolean inOrder = node.isPresent() && node.get() instanceof Sequence;
        TemplateReader templates = new TemplateReader(parsing);
        StepsReader.Level level = new StepsReader.Level(List.of(), around);
        if (node.isPresent() && (inOrder || node.get() instanceof Mapping)) {
            StepsReader steps = new StepsReader(parsing, new StepReader(parsing, templates));
            level = steps.read("steps", node.get(), inOrder ? Rule.IN_ORDER : Rule.BESIDE, around, 1);
        } else if (node.isPresent()) {
            fields.problem(
                    "steps",
                    "steps of the plan must be a map or list of steps, not "
                            + node.get().describe());
        }
        NameScope inside = level.inside();
        Template output = fields.node("output")
                .map(written -> templates.read(written, inside))
                .orElse(null);
        if (node.isEmpty()
                && output == null
                && !fields.mapping().has("steps")
                && !fields.hasMisspelt(List.of("steps", "output"), WORDS)) {
            parsing.problem(
                    fields.mapping().at(), "the plan has neither \"steps\" nor \"output\", so it has no effect");
        }
        List<Step> steps = inOrder ? level.steps() : Flows.within(parsing, level.steps(), output);
        Effects.check(parsing, steps);
        Set<String> streamed = inOrder ? Set.of() : Flows.streamed(parsing, steps, output);
        Flows.refuseWhole(parsing, steps, streamed);
        return new Body(inOrder, steps, streamed, output);
    }

    private static void checkName(String name, Fields fields) {
        if (!name.isEmpty() && !name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
            fields.problem(
                    "plan",
                    "a plan's name is up to 100 letters, digits, '.', '_' and '-', and starts with a letter or digit");
        }
    }

    private static Plan.Input input(Fields fields, Parsing parsing) {
        Optional<Mapping> shorthand = fields.mapping("input");
        Optional<Mapping> schema = fields.mapping("inputSchema");
        if (shorthand.isPresent() && schema.isPresent()) {
            fields.problem("inputSchema", "the plan has both \"input\" and \"inputSchema\"; keep one of them");
        }
        Mapping none = Mapping.empty(fields.mapping().at());
        return schema.flatMap(written -> SchemaReader.read(written, parsing.problems))
                .orElseGet(() -> ShorthandInput.read(shorthand.orElse(none), parsing.problems));
    }

    /** The plan language of this parser. */
    public Language language() {
        return language;
    }
}
