package dev.muster.expr;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A plain path such as {@code product.seller.id}, {@code a.b[0].c} or {@code a["x"]}. It is evaluated directly, with CEL's
 * meaning and without loading CEL. Immutable, and safe on any thread.
 */
final class Path implements Expression {

    /**
     * One step of the path: a key of a map if {@code key} is set, otherwise an element of a list. {@code offset} is the
     * index of the dot or bracket in the source.
     */
    record Step(@Nullable String key, int index, boolean dotted, int offset) {}

    private final String source;
    private final String variable;
    private final Set<String> references;
    private final Step[] steps;

    Path(String source, String variable, List<Step> steps) {
        this.source = source;
        this.variable = variable;
        this.references = Set.of(variable);
        this.steps = steps.toArray(Step[]::new);
    }

    /** Parses a path. Null if the source is anything else or has an error, which CEL then reports. */
    static @Nullable Path parse(String source, Scope scope) {
        Reader reader = new Reader(source);
        String variable = reader.name();
        Type type = variable == null ? null : scope.variables().get(variable);
        if (variable == null || type == null) {
            return null;
        }
        List<Step> steps = new ArrayList<>();
        while (!reader.atEnd()) {
            Step step = reader.step();
            type = step == null ? null : after(type, step);
            if (step == null || type == null) {
                return null;
            }
            steps.add(step);
        }
        return new Path(source, variable, steps);
    }

    /** The type after a step; null if CEL's checker has to decide. */
    private static @Nullable Type after(Type type, Step step) {
        if (type == Type.ANY || type == Type.NUMBER) {
            return Type.ANY;
        }
        if (type instanceof Type.Nullable nullable) {
            return nullable.type() instanceof Type.Simple simple && simple != Type.NUMBER && simple != Type.ANY
                    ? null
                    : Type.ANY;
        }
        if (type instanceof Type.ListOf list) {
            return step.key == null ? list.element() : null;
        }
        if (type instanceof Type.MapOf map) {
            return step.key != null ? map.value() : null;
        }
        return type instanceof Type.Fields fields && step.key != null
                ? fields.fields().get(step.key)
                : null;
    }

    @Override
    public String source() {
        return source;
    }

    @Override
    public Set<String> references() {
        return references;
    }

    @Override
    public boolean isPath() {
        return true;
    }

    @Override
    public @Nullable Object evaluate(Bindings bindings) {
        Object value = bindings.get(variable);
        for (Step step : steps) {
            value = step.key == null ? element(value, step) : field(value, step.key, step);
        }
        return plain(value);
    }

    private @Nullable Object field(@Nullable Object value, String key, Step step) {
        if (!(value instanceof Map<?, ?> map)) {
            throw fail(
                    step,
                    ExpressionProblem.Kind.TYPE,
                    step.dotted ? ExpressionProblem.noFields(key) : ExpressionProblem.noElements());
        }
        Object found = map.get(key);
        if (found == null && !map.containsKey(key)) {
            throw fail(step, ExpressionProblem.Kind.MISSING_KEY, ExpressionProblem.missingKey(key));
        }
        return found;
    }

    private @Nullable Object element(@Nullable Object value, Step step) {
        if (value instanceof List<?> list) {
            if (step.index >= list.size()) {
                throw fail(
                        step,
                        ExpressionProblem.Kind.MISSING_INDEX,
                        ExpressionProblem.missingIndex(String.valueOf(step.index)));
            }
            return list.get(step.index);
        }
        if (value instanceof Map<?, ?>) {
            throw fail(
                    step, ExpressionProblem.Kind.MISSING_KEY, ExpressionProblem.missingKey(String.valueOf(step.index)));
        }
        throw fail(step, ExpressionProblem.Kind.TYPE, ExpressionProblem.noElements());
    }

    private ExpressionException fail(Step step, ExpressionProblem.Kind kind, String message) {
        return new ExpressionException(Place.ofChar(source, step.offset).problem(kind, message));
    }

    /**
     * The result with small integers widened to long and floats to double; other numbers are unchanged. A number that is not
     * finite is an error.
     */
    private @Nullable Object plain(@Nullable Object value) {
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        double binary = value instanceof Double || value instanceof Float ? ((Number) value).doubleValue() : 0;
        if (!Double.isFinite(binary)) {
            throw new ExpressionException(Place.START.problem(
                    ExpressionProblem.Kind.ARITHMETIC, ExpressionProblem.notFinite(String.valueOf(value))));
        }
        return value instanceof Float ? (Object) binary : value;
    }

    @Override
    public long costHint(Bindings bindings) {
        return 0;
    }

    @Override
    public String toString() {
        return source;
    }

    /** The reader of the parts of a path. A null part means that the source is not a plain path. */
    private static final class Reader {

        private static final int MAX_INDEX_DIGITS = 9;

        private final String source;
        private final int end;
        private int index;

        Reader(String source) {
            this.source = source;
            int last = source.length();
            while (last > 0 && isBlank(source.charAt(last - 1))) {
                last--;
            }
            end = last;
            while (index < end && isBlank(source.charAt(index))) {
                index++;
            }
        }

        private static boolean isBlank(char c) {
            return c == ' ' || c == '\n' || c == '\t' || c == '\r';
        }

        boolean atEnd() {
            return index == end;
        }

        @Nullable
        String name() {
            int start = index;
            while (index < end && Names.isPart(source.charAt(index))) {
                index++;
            }
            String name = source.substring(start, index);
            return Names.isVariable(name) ? name : null;
        }

        @Nullable
        Step step() {
            int offset = index;
            char c = source.charAt(index++);
            if (c == '.') {
                String name = name();
                return name == null ? null : new Step(name, 0, true, offset);
            }
            if (c != '[' || atEnd()) {
                return null;
            }
            char first = source.charAt(index);
            return first == '"' || first == '\'' ? key(first, offset) : element(offset);
        }

        private @Nullable Step key(char quote, int offset) {
            int close = source.indexOf(quote, index + 1);
            if (close < 0 || close + 1 >= end || source.charAt(close + 1) != ']') {
                return null;
            }
            String key = source.substring(index + 1, close);
            index = close + 2;
            boolean plain = key.chars().noneMatch(c -> c == '\\' || c == '\n' || c == '\r');
            return plain ? new Step(key, 0, false, offset) : null;
        }

        private @Nullable Step element(int offset) {
            int start = index;
            while (index < end && source.charAt(index) >= '0' && source.charAt(index) <= '9') {
                index++;
            }
            int digits = index - start;
            if (digits == 0 || digits > MAX_INDEX_DIGITS || atEnd() || source.charAt(index) != ']') {
                return null;
            }
            return new Step(null, Integer.parseInt(source, start, index++, 10), false, offset);
        }
    }
}
