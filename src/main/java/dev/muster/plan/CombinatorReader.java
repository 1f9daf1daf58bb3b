package dev.muster.plan;

import dev.muster.config.Fields;
import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.ProblemsException;
import dev.muster.config.Sequence;
import dev.muster.plan.Action.Order;
import dev.muster.plan.Action.Until;
import dev.muster.plan.NameScope.Rule;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The reader of combinators and the words beside them. */
final class CombinatorReader {

    /** The words that each combinator allows beside it, without the policies. */
    static final Map<String, Set<String>> WORDS = Map.of(
            "gather", Set.of("errors", "order", "concurrency"),
            "each", Set.of("as", "do", "concurrency", "errors", "order"),
            "race", Set.of(),
            "wait", Set.of("until", "timeout", "pending"),
            "sequence", Set.of(),
            "group", Set.of("output"));

    static final List<String> ORDERS = List.of("input", "completion");
    static final List<String> UNTILS = List.of("first", "firstError", "all");
    static final List<String> PENDINGS = List.of("cancel", "keep");
    static final int MAX_AT_ONCE = 1_000_000;
    static final int EACH_AT_ONCE = 64;

    private final Parsing parsing;
    private final TemplateReader templates;
    private final StepReader step;
    private final StepsReader steps;

    CombinatorReader(Parsing parsing, TemplateReader templates, StepReader step) {
        this.parsing = parsing;
        this.templates = templates;
        this.step = step;
        this.steps = new StepsReader(parsing, step);
    }

    /** Reads the combinator. Empty if it is not valid; the problem is then noted. */
    Optional<Action> read(String word, Fields fields, NameScope around, int depth) throws ProblemsException {
        return switch (word) {
            case "gather" -> gather(fields, around, depth);
            case "each" -> each(fields, around, depth);
            case "race" ->
                level(word, fields, Rule.APART, true, true, around, depth).map(level -> new Action.Race(level.steps()));
            case "wait" -> waiting(fields, around, depth);
            case "sequence" ->
                level(word, fields, Rule.IN_ORDER, false, true, around, depth)
                        .map(level -> new Action.Sequence(level.steps()));
            default -> group(fields, around, depth);
        };
    }

    private Optional<Action> gather(Fields fields, NameScope around, int depth) throws ProblemsException {
        ErrorRule errors = Literals.errors(fields, false);
        Order order = order(fields);
        Optional<Long> concurrency = fields.integer("concurrency", 1, MAX_AT_ONCE);
        return level("gather", fields, Rule.BESIDE, true, true, around, depth)
                .map(level -> new Action.Gather(
                        level.steps(),
                        fields.mapping().get("gather") instanceof Mapping,
                        errors,
                        order,
                        concurrency
                                .map(Long::intValue)
                                .orElse(Math.max(1, level.steps().size()))));
    }

    private Optional<Action> each(Fields fields, NameScope around, int depth) throws ProblemsException {
        ErrorRule errors = Literals.errors(fields, true);
        Order order = order(fields);
        int concurrency = fields.integer("concurrency", 1, MAX_AT_ONCE, EACH_AT_ONCE);
        Template list = list(fields, around);
        String as = fields.string("as", "item");
        Mapping.Entry written = fields.mapping().entry("as");
        boolean named = StepsReader.checkName(
                parsing,
                "variable",
                as,
                written == null ? fields.mapping().at() : written.value().at(),
                around);
        Mapping.Entry body = fields.mapping().entry("do");
        if (body == null) {
            fields.problems().add(fields.mapping().at(), fields.what() + " needs \"do\": a step for each item");
            return Optional.empty();
        }
        fields.has("do");
        NameScope inside = named ? around.with(as) : around;
        return step.readAlone("do", body.key().at(), body.value(), inside, depth + 1)
                .map(does -> new Action.Each(list, null, as, does, concurrency, errors, order));
    }

    private Template list(Fields fields, NameScope around) {
        Node node = fields.mapping().get("each");
        if (node != null && (node instanceof Sequence || TemplateReader.isExpression(node))) {
            return templates.read(node, around);
        }
        fields.problem(
                "each", "each of " + fields.what() + " must be a list or an expression with a list as its result");
        return new Template.Literal(null);
    }

    private Optional<Action> waiting(Fields fields, NameScope around, int depth) throws ProblemsException {
        Until until = switch (fields.oneOf("until", UNTILS, "all")) {
            case "first" -> Until.FIRST;
            case "firstError" -> Until.FIRST_ERROR;
            default -> Until.ALL;
        };
        Duration timeout = Literals.timeout(fields, "timeout").orElse(null);
        boolean keep = fields.oneOf("pending", PENDINGS, "cancel").equals("keep");
        return level("wait", fields, Rule.APART, true, false, around, depth)
                .map(level -> new Action.Wait(level.steps(), until, timeout, keep));
    }

    private Optional<Action> group(Fields fields, NameScope around, int depth) throws ProblemsException {
        Optional<Node> output = fields.node("output");
        Optional<StepsReader.Level> level = level("group", fields, Rule.BESIDE, true, false, around, depth);
        @Nullable
        Template template = level.isPresent() && output.isPresent()
                ? templates.read(output.get(), level.get().inside())
                : null;
        return level.map(it -> new Action.Group(Flows.within(parsing, it.steps(), template), template));
    }

    private static Order order(Fields fields) {
        return fields.oneOf("order", ORDERS, "input").equals("input") ? Order.INPUT : Order.COMPLETION;
    }

    private Optional<StepsReader.Level> level(
            String word, Fields fields, Rule rule, boolean map, boolean list, NameScope around, int depth)
            throws ProblemsException {
        Node node = fields.mapping().get(word);
        boolean fits = map && node instanceof Mapping || list && node instanceof Sequence;
        if (node == null || !fits) {
            if (!TemplateReader.isExpression(node) && node != null) {
                String what = map && list ? "a map or list" : map ? "a map" : "a list";
                fields.problem(
                        word, word + " of " + fields.what() + " must be " + what + " of steps, not " + node.describe());
            }
            return Optional.empty();
        }
        StepsReader.Level level = steps.read(word, node, rule, around, depth + 1);
        boolean empty = node instanceof Mapping it
                ? it.entries().isEmpty()
                : ((Sequence) node).items().isEmpty();
        if (empty) {
            fields.problem(word, word + " of " + fields.what() + " has no steps");
        }
        return Optional.of(level);
    }
}
