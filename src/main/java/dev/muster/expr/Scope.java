package dev.muster.expr;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The variables that an expression may mention, with their types.
 *
 * <p>Immutable. Compilers remember what they prepared for equal scopes, so make one a scope of the plan, not one an
 * expression.
 */
public record Scope(Map<String, Type> variables) {

    public static final Scope EMPTY = new Scope(Map.of());

    public Scope {
        variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
        variables.keySet().forEach(Scope::requireName);
    }

    /** This scope and one variable more, which hides one of the same name. */
    public Scope with(String name, Type type) {
        Map<String, Type> more = new LinkedHashMap<>(variables);
        more.put(name, type);
        return new Scope(more);
    }

    private static void requireName(String name) {
        if (!Names.isVariable(name)) {
            throw new IllegalArgumentException("'" + name + "' cannot be a variable: " + Names.RULE);
        }
    }
}
