package dev.muster.expr;

/**
 * The limits of compiling and evaluating expressions.
 *
 * @param sourceChars the length of an expression, in code points
 * @param nesting the depth of brackets, operators and calls; {@code a + b + c} has two levels
 * @param iterations the iterations of all loops of one evaluation together
 * @param rangeItems the items of a list that functions such as {@code lists.range} create
 * @param resultChars the length of a text that functions such as {@code json}, {@code join} and {@code replace} create, in
 *     chars
 * @param visits the values that one evaluation reads; a value counts each time it occurs, and a text counts one visit for
 *     each sixteen chars
 */
public record ExpressionLimits(
        int sourceChars, int nesting, int iterations, int rangeItems, int resultChars, long visits) {

    /** 64 Ki characters of source, 250 levels, 10,000 iterations, lists of 1,000,000 items, texts of 16 Mi characters, 4,000,000 visits. */
    public static final ExpressionLimits DEFAULTS =
            new ExpressionLimits(64 * 1024, 250, 10_000, 1_000_000, 16 * 1024 * 1024, 4_000_000);

    /** Checks that each limit is at least 1. */
    public ExpressionLimits {
        if (sourceChars < 1 || nesting < 1 || iterations < 1 || rangeItems < 1 || resultChars < 1 || visits < 1) {
            throw new IllegalArgumentException("every bound of expressions must be at least 1");
        }
    }
}
