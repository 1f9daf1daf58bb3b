package dev.muster.plan;

import dev.muster.config.Position;
import dev.muster.expr.Expression;
import dev.muster.expr.Expression.Bindings;
import dev.muster.expr.ExpressionException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A value of a plan in which some strings are expressions. Immutable, and safe on any thread; {@link #evaluate} has no side effects. */
public sealed interface Template {

    /**
     * Evaluates all expressions and returns the value.
     *
     * @throws MusterException of type {@link ErrorType#EXPRESSION}, or {@link ErrorType#LIMIT} if a limit was exceeded, with
     *     file, line and column
     */
    @Nullable
    Object evaluate(Bindings bindings);

    /** The variables that the expressions mention. */
    Set<String> references();

    /** An estimate of the cost of {@link #evaluate}, in the unit of {@link Expression#costHint}. */
    default long costHint(Bindings bindings) {
        return 0;
    }

    /** A value without expressions. */
    record Literal(@Nullable Object value) implements Template {
        @Override
        public @Nullable Object evaluate(Bindings bindings) {
            return value;
        }

        @Override
        public Set<String> references() {
            return Set.of();
        }
    }

    /** An expression. Its text begins at {@code at}, after the {@code =}. */
    record Computed(Expression expression, Position at) implements Template {
        @Override
        public @Nullable Object evaluate(Bindings bindings) {
            try {
                return expression.evaluate(bindings);
            } catch (ExpressionException e) {
                Position place = position(at, expression.source(), e.line(), e.column());
                throw new MusterException(typeOf(e), place + ": " + e.getMessage(), e);
            }
        }

        @Override
        public Set<String> references() {
            return expression.references();
        }

        @Override
        public long costHint(Bindings bindings) {
            return expression.costHint(bindings);
        }

        /**
         * A position inside an expression as a position in the file. Exact if the expression is on one line; otherwise the
         * place where the expression begins.
         */
        static Position position(Position at, String source, int line, int column) {
            return line == 1 && source.indexOf('\n') < 0 ? at.shifted(column - 1) : at;
        }
    }

    private static ErrorType typeOf(ExpressionException e) {
        return switch (e.kind()) {
            case ITERATIONS, LIMIT -> ErrorType.LIMIT;
            default -> ErrorType.EXPRESSION;
        };
    }

    /** A map with at least one computed value. */
    record MapOf(Map<String, Template> entries) implements Template {
        @Override
        public Object evaluate(Bindings bindings) {
            var values = new LinkedHashMap<String, @Nullable Object>();
            entries.forEach((key, value) -> values.put(key, value.evaluate(bindings)));
            return values;
        }

        @Override
        public Set<String> references() {
            return union(entries.values());
        }

        @Override
        public long costHint(Bindings bindings) {
            return sum(entries.values(), bindings);
        }
    }

    /** A list with at least one computed item. */
    record ListOf(List<Template> items) implements Template {
        @Override
        public Object evaluate(Bindings bindings) {
            var values = new ArrayList<@Nullable Object>(items.size());
            items.forEach(item -> values.add(item.evaluate(bindings)));
            return values;
        }

        @Override
        public Set<String> references() {
            return union(items);
        }

        @Override
        public long costHint(Bindings bindings) {
            return sum(items, bindings);
        }
    }

    private static Set<String> union(Iterable<Template> parts) {
        var all = new TreeSet<String>();
        parts.forEach(part -> all.addAll(part.references()));
        return all;
    }

    private static long sum(Iterable<Template> parts, Bindings bindings) {
        long sum = 0;
        for (Template part : parts) {
            long cost = part.costHint(bindings);
            sum = cost > Long.MAX_VALUE - sum ? Long.MAX_VALUE : sum + cost;
        }
        return sum;
    }
}
