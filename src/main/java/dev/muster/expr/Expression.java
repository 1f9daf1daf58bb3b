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
     * The variables of the scope that the expression mentions, exactly: no variable of a comprehension, no type name,
     * and also those that a short circuit would skip.
     */
    Set<String> references();

    /** Whether it is a plain path such as {@code a.b[0].c}, which is evaluated in nanoseconds. */
    boolean isPath();

    /**
     * The value: null, Boolean, String, Long, BigInteger, BigDecimal, Double, {@code List<Object>} or
     * {@code Map<String, Object>}. Maps, lists and numbers that are only passed on are the very objects that were
     * bound; a result may share structure with them and is not to be changed.
     *
     * @throws ExpressionException with the place in {@link #source()} when a key is missing, a type is wrong or a bound
     *     is passed
     */
    @Nullable
    Object evaluate(Bindings bindings);

    /**
     * A cheap estimate of the work that {@link #evaluate} would be, in steps of roughly one microsecond: 0 for a path,
     * else grows with the size of the expression and, where it loops or calls functions, with the elements and texts
     * below the variables it mentions, to the power of its loops within one another, up to the bound of iterations. Of
     * long lists a few elements are looked at, so this takes microseconds whatever the values are. It rather says too
     * much. A caller that may not hold its loop for 10 ms takes what costs more than a few thousand steps to a worker.
     */
    long costHint(Bindings bindings);
}
