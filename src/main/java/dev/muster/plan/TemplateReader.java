package dev.muster.plan;

import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.Position;
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
import org.jspecify.annotations.Nullable;

/** The reader of values in which strings that start with {@code =} are expressions. */
final class TemplateReader {

    /** The number of expressions that are compiled again with all names in scope, so that their errors carry suggestions. */
    private static final int EXPLAINED_AT_MOST = 100;

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
        return scalar.quoted() ? new Position(at.file(), at.line(), at.column() + 1) : at;
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
        return of(entries);
    }

    /** A map of templates; a literal if all values are literals. */
    static Template of(Map<String, Template> entries) {
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
        Position text = textOf(scalar);
        Position at = new Position(text.file(), text.line(), text.column() + 1);
        int most = parsing.limits.expressionChars();
        if (Utf8.characters(source) > most) {
            parsing.problem(
                    at,
                    "the expression has " + Utf8.characters(source) + " characters; at most " + most
                            + " are allowed (the setting is server.limits.expression)");
            return new Template.Literal(null);
        }
        try {
            parsing.goesOn.run();
            Expression expression = parsing.expressions.compile(source, around.scopeFor(source));
            object(expression, around, at);
            return new Template.Computed(expression, at);
        } catch (ExpressionException e) {
            for (ExpressionProblem problem : explained(e, source, around).problems()) {
                parsing.problem(Placing.in(at, source, problem.line(), problem.column()), problem.message());
            }
            return new Template.Literal(null);
        }
    }

    private void object(Expression expression, NameScope around, Position at) {
        for (String name : expression.references()) {
            String objection = around.objection(name);
            if (objection != null) {
                parsing.problem(Placing.in(at, expression.source(), 1, columnOf(name, expression.source())), objection);
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
        if (e.kind() != ExpressionProblem.Kind.UNKNOWN || explained++ >= EXPLAINED_AT_MOST) {
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
