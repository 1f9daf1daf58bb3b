package dev.muster.plan;

/**
 * The bounds within which a plan is read.
 *
 * @param fileBytes how large its file may be; setting {@code server.limits.file}
 * @param steps how many steps may be written in it, those inside others counted; setting {@code server.limits.steps}
 * @param nesting how deep steps may stand within steps; setting {@code server.limits.stepNesting}
 * @param expressionChars how long an expression may be; setting {@code server.limits.expression}
 * @param expressions how many expressions may be written in it; setting {@code server.limits.expressions}
 * @param yamlNesting how deep lists and maps may nest; setting {@code server.limits.nesting}
 * @param aliased how many nodes aliases may add; setting {@code server.limits.aliased}
 */
public record PlanLimits(
        int fileBytes, int steps, int nesting, int expressionChars, int expressions, int yamlNesting, int aliased) {

    /** 1 MiB, 10,000 steps, 16 levels, 10,000 expressions of 64 KiB, 64 levels of YAML, 100,000 nodes by aliases. */
    public static final PlanLimits DEFAULT = new PlanLimits(1024 * 1024, 10_000, 16, 64 * 1024, 10_000, 64, 100_000);

    /** Checks that the bounds are bounds. */
    public PlanLimits {
        if (fileBytes < 1 || steps < 1 || nesting < 1 || nesting > 100 || expressionChars < 1 || expressions < 1) {
            throw new IllegalArgumentException("not usable as bounds of plans: " + fileBytes + " bytes, " + steps
                    + " steps, nesting " + nesting + " (from 1 to 100), expressions of " + expressionChars
                    + " characters");
        }
    }
}
