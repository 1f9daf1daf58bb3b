package dev.muster.task;

/**
 * What the failure of one item means for the others.
 *
 * @param tolerated how much of the items may fail, between 0 and 1; above that the rest is cancelled
 * @param collected whether a failure is a result like others
 */
public record Errors(double tolerated, boolean collected) {

    /** 29 of 100 are not more than 29 %, though 0.29 times 100 is a little less than 29. */
    private static final double ROUNDING = 1e-6;

    /** The first failure cancels the rest. */
    public static final Errors FAIL_FAST = new Errors(0, false);

    /** Failures are outcomes; nothing is cancelled. */
    public static final Errors COLLECT = new Errors(1, true);

    /** Checks the share. */
    public Errors {
        if (!(tolerated >= 0 && tolerated <= 1)) {
            throw new IllegalArgumentException("the tolerated share is between 0 and 1, not " + tolerated);
        }
    }

    /** Up to this share of all items may fail, 0.05 for 5 %. */
    public static Errors tolerate(double share) {
        return new Errors(share, false);
    }

    /** Whether so many failures of so many items are too many; {@code Long.MAX_VALUE} items if their number is unknown. */
    public boolean isTooMany(long failures, long items) {
        return !collected && failures - tolerated * items > ROUNDING;
    }

    /** How many of so many items may fail. */
    public long most(long items) {
        return (long) Math.floor(tolerated * items + ROUNDING);
    }
}
