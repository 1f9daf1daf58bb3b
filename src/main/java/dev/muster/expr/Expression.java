package dev.muster.expr;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A compiled expression: immutable, free of side effects, and safe to evaluate on several threads at once.
 */
public interface Expression {

    /** The text that was compiled, without the leading {@code =} of a plan. */
    String source();

    /**
     * The variables of the scope that the expression mentions, exactly: no variable of a comprehension, no type name, and
     * also those that a short circuit would skip.
     */
    Set<String> references();

    /** Whether it is a plain path such as {@code a.b[0].c}, which is evaluated in nanoseconds. */
    boolean isPath();

    /**
     * The value: null, Boolean, String, Long, BigInteger, BigDecimal, Double, {@code List<Object>} or
     * {@code Map<String, Object>}. Maps, lists and numbers that are only passed on are the very objects that were bound;
     * a result may share structure with them and is not to be changed.
     *
     * @throws ExpressionException with the place in {@link #source()} when a key is missing, a type is wrong or a bound is
     *     passed
     */
    @Nullable Object evaluate(Bindings bindings);

    /**
     * A cheap estimate of the work that {@link #evaluate} would be, in steps of roughly one microsecond: 0 for a path, else
     * the size of the expression, plus, where it loops or calls functions over lists and strings, the elements and
     * characters reachable from the variables it mentions, times the depth to which its loops are nested. The scan is
     * bounded; beyond its bound it answers {@link Long#MAX_VALUE}. A caller that may not block its loop longer than 10 ms
     * moves what costs more than some thousand steps to a worker.
     */
    long costHint(Bindings bindings);
}
