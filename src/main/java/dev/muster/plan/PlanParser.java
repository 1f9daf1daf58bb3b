package dev.muster.plan;

import dev.muster.config.Fields;
import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.ProblemsException;
import dev.muster.config.Scalar;
import dev.muster.config.Sequence;
import dev.muster.config.Yaml;
import dev.muster.config.YamlLimits;
import dev.muster.expr.Expressions;
import dev.muster.expr.Type;
import dev.muster.plan.NameScope.Rule;
import java.time.Duration;
import java.util.List;
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

    private final Language language;
    private final Expressions expressions;
    private final PlanLimits limits;

    /** A parser with the default limits. */
    public PlanParser(Language language, Expressions expressions) {
        this(language, expressions, PlanLimits.DEFAULT);
    }

    /** A parser with the given limits. */
    public PlanParser(Language language, Expressions expressions, PlanLimits limits) {
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
        return Yaml.read(file, text, new YamlLimits(limits.fileBytes(), limits.yamlNesting(), limits.aliased()));
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
     * @param goesOn called before each expression is compiled; whatever it throws ends the parse
     * @throws ProblemsException with all errors
     */
    public Plan parse(Node root, Known known, Runnable goesOn) throws ProblemsException {
        Parsing parsing = new Parsing(language, expressions, known, limits, goesOn);
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
        Mapping mapping = Literals.only(
                written,
                "the plan",
                word -> WORDS.contains(word) && !word.equals("output") && !word.equals("description"),
                parsing.problems);
        Fields fields = new Fields(mapping, "the plan", parsing.problems);
        boolean isNameTold = written.has("plan") ? !mapping.has("plan") : fields.hasMisspelt(List.of("plan"), WORDS);
        String name = isNameTold ? fields.string("plan").orElse("") : fields.requireString("plan");
        checkName(name, fields);
        fields.string("description");
        InputSpec input = input(fields, parsing);
        // The misspelt word is reported. Errors about missing inputs would only follow from it.
        boolean isInputMisspelt = !written.has("input")
                && !written.has("inputSchema")
                && fields.hasMisspelt(List.of("input", "inputSchema"), WORDS);
        Plan.Expose expose = fields.string("expose").isPresent() && mapping.get("expose") instanceof Scalar scalar
                ? Exposing.read(scalar, isInputMisspelt ? null : input.names(), parsing.problems)
                : null;
        boolean isPublic = fields.bool("public", false);
        if (isPublic && !mapping.has("expose")) {
            fields.problem("public", "public applies to an endpoint, but the plan has no \"expose\"");
        }
        boolean adhoc = fields.bool("adhoc", false);
        Duration timeout = Literals.timeout(fields, "timeout").orElse(null);
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
        Template output =
                fields.node("output").map(it -> templates.read(it, inside)).orElse(null);
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

    private static InputSpec input(Fields fields, Parsing parsing) {
        Optional<Mapping> shorthand = fields.mapping("input");
        Optional<Mapping> schema = fields.mapping("inputSchema");
        if (shorthand.isPresent() && schema.isPresent()) {
            fields.problem("inputSchema", "the plan has both \"input\" and \"inputSchema\"; keep one of them");
        }
        Mapping none = Mapping.empty(fields.mapping().at());
        return schema.flatMap(it -> SchemaReader.read(it, parsing.problems))
                .orElseGet(() -> ShorthandReader.read(shorthand.orElse(none), parsing.problems));
    }

    /** The plan language of this parser. */
    public Language language() {
        return language;
    }
}
