package dev.muster.plan;

/**
 * The limits of a plan file.
 *
 * @param fileBytes the size of the file, in bytes; setting {@code server.limits.file}
 * @param steps the number of steps written, inner steps included; setting {@code server.limits.steps}
 * @param nesting the depth of steps within steps, from 1 to 100; setting {@code server.limits.stepNesting}
 * @param expressionChars the length of an expression, in code points; setting {@code server.limits.expression}
 * @param expressions the number of expressions written; setting {@code server.limits.expressions}
 * @param yamlNesting the depth of lists and maps; setting {@code server.limits.nesting}
 * @param aliased the number of nodes that YAML aliases can add; setting {@code server.limits.aliased}
 */
public record PlanLimits(
        int fileBytes, int steps, int nesting, int expressionChars, int expressions, int yamlNesting, int aliased) {

    /** 1 MiB, 10,000 steps, 16 levels, 10,000 expressions of 64 Ki characters, 64 levels of YAML, 100,000 nodes by aliases. */
    public static final PlanLimits DEFAULT = new PlanLimits(1024 * 1024, 10_000, 16, 64 * 1024, 10_000, 64, 100_000);

    /** Checks that the limits are positive, and that nesting is at most 100. */
    public PlanLimits {
        if (fileBytes < 1 || steps < 1 || nesting < 1 || nesting > 100 || expressionChars < 1 || expressions < 1) {
            throw new IllegalArgumentException("not usable as bounds of plans: " + fileBytes + " bytes, " + steps
                    + " steps, nesting " + nesting + " (from 1 to 100), expressions of " + expressionChars
                    + " characters");
        }
    }
}
