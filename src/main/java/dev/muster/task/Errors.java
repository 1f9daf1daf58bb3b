package dev.muster.task;

/**
 * The policy for failures among many items.
 *
 * @param tolerated the share of items that may fail, between 0 and 1; above it the remaining items are cancelled
 * @param collected whether a failure is recorded as an outcome and cancels nothing
 */
public record Errors(double tolerated, boolean collected) {

    /** Allowance for rounding: 29 of 100 must not exceed 0.29, although 0.29 × 100 is slightly less than 29 in binary. */
    private static final double ROUNDING = 1e-6;

    /** The first failure cancels the remaining items. */
    public static final Errors FAIL_FAST = new Errors(0, false);

    /** Failures are recorded as outcomes and cancel nothing. */
    public static final Errors COLLECT = new Errors(1, true);

    /**
     * Checks the share.
     *
     * @throws IllegalArgumentException if the share is not between 0 and 1
     */
    public Errors {
        if (!(tolerated >= 0 && tolerated <= 1)) {
            throw new IllegalArgumentException("the tolerated share is between 0 and 1, not " + tolerated);
        }
    }

    /** Up to this share of all items may fail: 0.05 for 5 %. */
    public static Errors tolerate(double share) {
        return new Errors(share, false);
    }

    /** Whether this number of failures is too many for this number of items; pass {@code Long.MAX_VALUE} if that number is unknown. */
    public boolean isTooMany(long failures, long items) {
        return !collected && failures - tolerated * items > ROUNDING;
    }

    /** The maximum number of these items that may fail. */
    public long most(long items) {
        return (long) Math.floor(tolerated * items + ROUNDING);
    }
}
