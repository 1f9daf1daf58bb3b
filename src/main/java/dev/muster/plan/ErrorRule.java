package dev.muster.plan;

/**
 * What the failure of one of several means: {@code failFast}, {@code collect} or {@code tolerate N%}.
 *
 * @param collect whether every result is an outcome
 * @param toleratedPercent how many percent may fail, 0 for none
 */
public record ErrorRule(boolean collect, double toleratedPercent) {

    /** The first failure ends it. */
    public static final ErrorRule FAIL_FAST = new ErrorRule(false, 0);

    /** Every result is an outcome. */
    public static final ErrorRule COLLECT = new ErrorRule(true, 100);

    /** Whether the successes alone are the result. */
    public boolean isTolerant() {
        return !collect && toleratedPercent > 0;
    }

    /** The tolerated share for people: {@code 5%}. */
    public String share() {
        boolean whole = toleratedPercent == Math.rint(toleratedPercent);
        return (whole ? String.valueOf((long) toleratedPercent) : String.valueOf(toleratedPercent)) + "%";
    }
}
