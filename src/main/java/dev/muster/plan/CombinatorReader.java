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
    static final int MAX_CONCURRENCY = 1_000_000;
    static final int EACH_CONCURRENCY = 64;

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
        Action.ErrorRule errors = errors(fields, false);
        Order order = order(fields);
        Optional<Long> concurrency = fields.integer("concurrency", 1, MAX_CONCURRENCY);
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
        Action.ErrorRule errors = errors(fields, true);
        Order order = order(fields);
        int concurrency = fields.integer("concurrency", 1, MAX_CONCURRENCY, EACH_CONCURRENCY);
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
        Duration timeout = PolicyReader.timeout(fields, "timeout").orElse(null);
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
        return level.map(inner -> new Action.Group(Flows.within(parsing, inner.steps(), template), template));
    }

    /** The error policy: {@code failFast}, {@code collect} and, if {@code tolerant}, {@code tolerate N%}. */
    private static Action.ErrorRule errors(Fields fields, boolean tolerant) {
        Optional<String> text = fields.string("errors");
        if (text.isEmpty() || text.get().equals("failFast")) {
            return Action.ErrorRule.FAIL_FAST;
        }
        if (text.get().equals("collect")) {
            return Action.ErrorRule.COLLECT;
        }
        double percent = tolerant ? percent(text.get()) : -1;
        if (percent < 0) {
            fields.problem(
                    "errors",
                    "errors of " + fields.what() + " must be failFast" + (tolerant ? ", " : " or ") + "collect"
                            + (tolerant ? " or tolerate N%, N from 0 to 100," : ",") + " not \"" + text.get() + "\"");
            return Action.ErrorRule.FAIL_FAST;
        }
        return new Action.ErrorRule(false, percent);
    }

    private static double percent(String text) {
        if (!text.matches("tolerate [0-9]{1,3}(\\.[0-9]{1,6})?%")) {
            return -1;
        }
        double percent = Double.parseDouble(text.substring("tolerate ".length(), text.length() - 1));
        return percent <= 100 ? percent : -1;
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
        boolean empty = node instanceof Mapping written
                ? written.entries().isEmpty()
                : ((Sequence) node).items().isEmpty();
        if (empty) {
            fields.problem(word, word + " of " + fields.what() + " has no steps");
        }
        return Optional.of(level);
    }
}
