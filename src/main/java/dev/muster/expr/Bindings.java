package dev.muster.expr;

import org.jspecify.annotations.Nullable;

/**
 * The values of an expression's variables, asked for by name.
 *
 * <p>Only names of {@link Expression#references()} are asked for, on the thread that evaluates, perhaps more than once;
 * a variable that has no value is null.
 */
@FunctionalInterface
public interface Bindings {

    /** The value of the variable: null, Boolean, String, a number, a map with string keys or a list. */
    @Nullable
    Object get(String name);
}
