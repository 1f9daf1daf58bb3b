package dev.muster.expr;

/**
 * The bounds of compiling and evaluating expressions.
 *
 * @param sourceChars characters of an expression's text
 * @param nesting brackets, operators and calls within one another; {@code a + b + c} is two levels
 * @param iterations steps of all loops of one evaluation together
 * @param rangeItems items that {@code lists.range} and the like may make
 * @param resultChars characters of a text that functions such as {@code json}, {@code join} and {@code replace} may
 *     make
 * @param visits values that one evaluation looks at, each as often as it stands somewhere; a text counts one for each sixteen
 *     characters
 */
public record ExpressionLimits(
        int sourceChars, int nesting, int iterations, int rangeItems, int resultChars, long visits) {

    /** 64 KiB of source, 250 levels, 10,000 iterations, lists of 1,000,000, texts of 16 MiB, 4,000,000 visits. */
    public static final ExpressionLimits DEFAULTS =
            new ExpressionLimits(64 * 1024, 250, 10_000, 1_000_000, 16 * 1024 * 1024, 4_000_000);

    public ExpressionLimits {
        if (sourceChars < 1 || nesting < 1 || iterations < 1 || rangeItems < 1 || resultChars < 1 || visits < 1) {
            throw new IllegalArgumentException("every bound of expressions must be at least 1");
        }
    }
}
