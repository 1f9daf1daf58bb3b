package dev.muster.plan;

import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.Position;
import dev.muster.config.Problems;
import dev.muster.config.Scalar;
import dev.muster.config.Sequence;
import dev.muster.expr.Expression;
import dev.muster.expr.ExpressionException;
import dev.muster.expr.ExpressionProblem;
import dev.muster.text.Utf8;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The reader of values in which strings that start with {@code =} are expressions. */
final class TemplateReader {

    /** The number of expressions that are compiled again with all names in scope, so that their errors carry suggestions. */
    private static final int MAX_EXPLAINED = 100;

    private final Parsing parsing;
    private int explained;

    TemplateReader(Parsing parsing) {
        this.parsing = parsing;
    }

    /** Whether a node is an expression: text that starts with one {@code =}. */
    static boolean isExpression(@Nullable Node node) {
        return node instanceof Scalar scalar
                && scalar.value() instanceof String text
                && text.startsWith("=")
                && !text.startsWith("==");
    }

    /** The text without the escape: a leading {@code ==} becomes {@code =}. */
    static String unescaped(String text) {
        return text.startsWith("==") ? text.substring(1) : text;
    }

    /** The position of a scalar's text, after an opening quote. */
    static Position textOf(Scalar scalar) {
        Position at = scalar.at();
        return scalar.quoted() ? at.shifted(1) : at;
    }

    /** The map without the entries that hold an expression where none is allowed. Each of them is noted as a problem. */
    static Mapping withoutMisplaced(Mapping mapping, String what, Predicate<String> isLiteral, Problems problems) {
        List<Mapping.Entry> kept = mapping.entries().stream()
                .filter(entry -> {
                    boolean misplaced = isLiteral.test(entry.name()) && isExpression(entry.value());
                    if (misplaced) {
                        problems.add(entry.value().at(), neverComputed(entry.name() + " of " + what));
                    }
                    return !misplaced;
                })
                .toList();
        return kept.size() == mapping.entries().size() ? mapping : new Mapping(mapping.at(), kept);
    }

    /** The error message for an expression where none is allowed. */
    static String neverComputed(String what) {
        return what + " is never computed, so it cannot be an expression; for text that starts with =, write ==";
    }

    /** Reads a value. Problems are noted. */
    Template read(Node node, NameScope around) {
        return node.match(
                scalar -> isExpression(scalar) ? expression(scalar, around) : literal(scalar),
                sequence -> list(sequence, around),
                mapping -> map(mapping, around));
    }

    private static Template literal(Scalar scalar) {
        return new Template.Literal(scalar.value() instanceof String text ? unescaped(text) : scalar.value());
    }

    private Template list(Sequence sequence, NameScope around) {
        List<Template> items = new ArrayList<>(sequence.items().size());
        sequence.items().forEach(item -> items.add(read(item, around)));
        if (!items.stream().allMatch(Template.Literal.class::isInstance)) {
            return new Template.ListOf(List.copyOf(items));
        }
        List<@Nullable Object> values = new ArrayList<>(items.size());
        items.forEach(item -> values.add(((Template.Literal) item).value()));
        return new Template.Literal(Collections.unmodifiableList(values));
    }

    private Template map(Mapping mapping, NameScope around) {
        Map<String, Template> entries = new LinkedHashMap<>();
        mapping.entries().forEach(entry -> entries.put(entry.name(), read(entry.value(), around)));
        if (!entries.values().stream().allMatch(Template.Literal.class::isInstance)) {
            return new Template.MapOf(Collections.unmodifiableMap(entries));
        }
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        entries.forEach((key, value) -> values.put(key, ((Template.Literal) value).value()));
        return new Template.Literal(Collections.unmodifiableMap(values));
    }

    /**
     * Compiles the expression in a text that starts with {@code =}. If it is not valid, the result is a literal null and the
     * problem is noted.
     */
    Template expression(Scalar scalar, NameScope around) {
        String source = scalar.text().substring(1);
        Position at = textOf(scalar).shifted(1);
        int max = parsing.limits.expressionChars();
        if (Utf8.characters(source) > max) {
            parsing.problem(
                    at,
                    "the expression has " + Utf8.characters(source) + " characters; at most " + max
                            + " are allowed (the setting is server.limits.expression)");
            return new Template.Literal(null);
        }
        try {
            parsing.beforeExpression.run();
            Expression expression = parsing.expressions.compile(source, around.scopeFor(source));
            object(expression, around, at);
            return new Template.Computed(expression, at);
        } catch (ExpressionException e) {
            for (ExpressionProblem problem : explained(e, source, around).problems()) {
                parsing.problem(
                        Template.Computed.position(at, source, problem.line(), problem.column()), problem.message());
            }
            return new Template.Literal(null);
        }
    }

    private void object(Expression expression, NameScope around, Position at) {
        for (String name : expression.references()) {
            String objection = around.objection(name);
            if (objection != null) {
                parsing.problem(
                        Template.Computed.position(at, expression.source(), 1, columnOf(name, expression.source())),
                        objection);
            }
        }
    }

    /** The column of the first mention of a name in an expression, from 1. */
    private static int columnOf(String name, String source) {
        for (int i = source.indexOf(name); i >= 0; i = source.indexOf(name, i + 1)) {
            int end = i + name.length();
            boolean begins =
                    i == 0 || !Character.isJavaIdentifierPart(source.charAt(i - 1)) && source.charAt(i - 1) != '.';
            if (begins && (end == source.length() || !Character.isJavaIdentifierPart(source.charAt(end)))) {
                return source.codePointCount(0, i) + 1;
            }
        }
        return 1;
    }

    /** The same error, compiled with all names in scope so that it carries suggestions. */
    private ExpressionException explained(ExpressionException e, String source, NameScope around) {
        if (e.kind() != ExpressionProblem.Kind.UNKNOWN || explained++ >= MAX_EXPLAINED) {
            return e;
        }
        try {
            parsing.expressions.compile(source, around.everything());
            return e;
        } catch (ExpressionException better) {
            return better;
        }
    }
}
