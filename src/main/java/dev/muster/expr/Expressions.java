package dev.muster.expr;

import org.jspecify.annotations.Nullable;

/**
 * The compiler of expressions. An application needs only one.
 *
 * <p>Safe on any thread. CEL is loaded with the first expression that is not a plain path, which takes time.
 */
public final class Expressions {

    private final ExpressionLimits limits;
    private volatile @Nullable CelEngine engine;

    /** A compiler with the given limits. */
    public Expressions(ExpressionLimits limits) {
        this.limits = limits;
    }

    /** A compiler with {@link ExpressionLimits#DEFAULTS}. */
    public Expressions() {
        this(ExpressionLimits.DEFAULTS);
    }

    /**
     * Parses and checks an expression: the text after a plan's {@code =}.
     *
     * @throws ExpressionException with all errors
     */
    public Expression compile(String source, Scope scope) {
        Path path = source.length() <= limits.sourceChars() ? Path.parse(source, scope) : null;
        if (path != null) {
            return path;
        }
        BracketCheck.check(source, limits);
        return engine().compile(source, scope);
    }

    private CelEngine engine() {
        CelEngine loaded = engine;
        if (loaded == null) {
            synchronized (this) {
                loaded = engine;
                if (loaded == null) {
                    loaded = new CelEngine(limits);
                    engine = loaded;
                }
            }
        }
        return loaded;
    }
}
