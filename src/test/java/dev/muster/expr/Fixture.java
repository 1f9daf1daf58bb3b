package dev.muster.expr;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compiles and evaluates over variables given as name, value, name, value; all of unknown type. */
final class Fixture {

    /** Loads CEL once for all tests. */
    static final Expressions EXPRESSIONS = new Expressions();

    private Fixture() {}

    static @Nullable Object eval(String source, @Nullable Object... variables) {
        Map<String, @Nullable Object> bound = bindings(variables);
        return compile(source, bound).evaluate(bound::get);
    }

    static Expression compile(String source, Map<String, ?> variables) {
        return EXPRESSIONS.compile(source, scope(variables));
    }

    static Scope scope(Map<String, ?> variables) {
        Map<String, Type> types = new LinkedHashMap<>();
        variables.keySet().forEach(name -> types.put(name, Type.ANY));
        return new Scope(types);
    }

    /** The failure of evaluating. */
    static ExpressionProblem failure(String source, @Nullable Object... variables) {
        Map<String, @Nullable Object> bound = bindings(variables);
        Expression expression = compile(source, bound);
        return catchThrowableOfType(ExpressionException.class, () -> expression.evaluate(bound::get))
                .problems()
                .get(0);
    }

    /** The failure of compiling. */
    static ExpressionException refusal(String source, Scope scope) {
        return catchThrowableOfType(ExpressionException.class, () -> EXPRESSIONS.compile(source, scope));
    }

    static Map<String, @Nullable Object> bindings(@Nullable Object... variables) {
        Map<String, @Nullable Object> bound = new LinkedHashMap<>();
        for (int i = 0; i < variables.length; i += 2) {
            bound.put((String) variables[i], variables[i + 1]);
        }
        return bound;
    }
}
