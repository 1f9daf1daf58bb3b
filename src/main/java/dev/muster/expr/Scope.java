package dev.muster.expr;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The variables that an expression can mention, with their types.
 *
 * <p>Immutable. Compilers cache a type checker for each scope, so create one scope for a plan, not one for each expression.
 */
public record Scope(Map<String, Type> variables) {

    /** A scope without variables. */
    public static final Scope EMPTY = new Scope(Map.of());

    /**
     * A scope with a copy of the variables.
     *
     * @throws IllegalArgumentException if a name is not valid for a variable
     */
    public Scope {
        variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
        variables.keySet().forEach(Scope::requireName);
    }

    /** This scope with one more variable. It replaces a variable of the same name. */
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
