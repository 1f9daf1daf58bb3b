package dev.muster.expr;

import org.jspecify.annotations.Nullable;

/**
 * The values of an expression's variables, by name.
 *
 * <p>Called only with names of {@link Expression#references()}, on the thread that evaluates, possibly several times for one
 * name. A variable without a value is null.
 */
@FunctionalInterface
public interface Bindings {

    /** The value of the variable: null, Boolean, String, a number, a map with string keys or a list. */
    @Nullable
    Object get(String name);
}
