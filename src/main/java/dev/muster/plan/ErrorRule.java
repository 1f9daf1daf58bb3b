package dev.muster.plan;

/**
 * The error policy of a combinator: {@code failFast}, {@code collect} or {@code tolerate N%}.
 *
 * @param collect whether every result is an outcome (a value or an error)
 * @param toleratedPercent the share of steps or items that can fail, in percent; 0 for none
 */
public record ErrorRule(boolean collect, double toleratedPercent) {

    /** The first failure fails the combinator. */
    public static final ErrorRule FAIL_FAST = new ErrorRule(false, 0);

    /** Every result is an outcome. */
    public static final ErrorRule COLLECT = new ErrorRule(true, 100);

    /** Whether only the successes are the result. */
    public boolean isTolerant() {
        return !collect && toleratedPercent > 0;
    }

    /** The tolerated share for people, such as {@code 5%}. */
    public String share() {
        boolean whole = toleratedPercent == Math.rint(toleratedPercent);
        return (whole ? String.valueOf((long) toleratedPercent) : String.valueOf(toleratedPercent)) + "%";
    }
}
