package dev.muster.expr;

/**
 * The compiler of expressions; one an application.
 *
 * <p>Safe to use on several threads. CEL is loaded with the first expression that is not a plain path.
 */
public final class Expressions {

    private final ExpressionLimits limits;

    public Expressions(ExpressionLimits limits) {
        this.limits = limits;
    }

    /**
     * Parses and checks an expression.
     *
     * @throws ExpressionException with every problem found
     */
    public Expression compile(String source, Scope scope) {
        throw new UnsupportedOperationException("expressions longer than " + limits.sourceChars());
    }
}
