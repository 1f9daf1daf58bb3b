package dev.muster.expr;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A compiled expression. Immutable, without side effects, and safe on any thread. */
public interface Expression {

    /**
     * The values of an expression's variables, by name.
     *
     * <p>Called only with names of {@link #references()}, on the thread that evaluates, possibly several times for one
     * name. A variable without a value is null.
     */
    @FunctionalInterface
    interface Bindings {

        /** The value of the variable: null, Boolean, String, a number, a map with string keys or a list. */
        @Nullable
        Object get(String name);
    }

    /** The text that was compiled, without the leading {@code =} of a plan. */
    String source();

    /**
     * The variables of the scope that the expression mentions. Variables of comprehensions and type names are not included;
     * variables that a short circuit would skip are.
     */
    Set<String> references();

    /** Whether the expression is a plain path such as {@code a.b[0].c}, which is evaluated in nanoseconds. */
    boolean isPath();

    /**
     * Evaluates the expression: null, Boolean, String, Long, BigInteger, BigDecimal, Double, {@code List<Object>} or
     * {@code Map<String, Object>}. Maps, lists and numbers that are passed through are the same objects that were bound. A
     * result can share structure with them, so callers must not change it.
     *
     * @throws ExpressionException with the position in {@link #source()} if a key is missing, a type is wrong or a limit is
     *     exceeded
     */
    @Nullable
    Object evaluate(Bindings bindings);

    /**
     * A fast estimate of the cost of {@link #evaluate}, in steps of roughly one microsecond. A path costs 0. Otherwise the
     * estimate grows with the size of the expression. If the expression loops or calls functions, it also grows with the
     * elements and texts below its variables, to the power of the nesting of its loops, up to the limit of iterations.
     *
     * <p>The estimate samples long lists, so it takes microseconds whatever the values are. It tends to be too high. A
     * caller that must not block its loop for 10 ms moves an evaluation of more than a few thousand steps to a worker.
     */
    long costHint(Bindings bindings);
}
