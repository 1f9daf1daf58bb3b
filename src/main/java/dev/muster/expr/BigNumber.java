package dev.muster.expr;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * A number in CEL that neither a long nor a double can hold exactly, with the original number.
 *
 * <p>CEL compares unknown numbers as doubles or longs. This class is not a {@link Number}, so only the overloads for it
 * accept it. It never equals a long or a double, since a number that one of them holds exactly is converted to it instead.
 */
final class BigNumber {

    private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

    private final Number original;
    private final BigDecimal value;

    private BigNumber(Number original, BigDecimal value) {
        this.original = original;
        this.value = value;
    }

    /** The long of the same value, or an {@link BigNumber}. */
    static Object of(BigInteger number) {
        if (number.bitLength() < Long.SIZE) {
            return number.longValue();
        }
        return new BigNumber(number, new BigDecimal(number));
    }

    /** The double whose shortest text is this number, the long of the same value, or an {@link BigNumber}. */
    static Object of(BigDecimal number) {
        double nearest = number.doubleValue();
        // In this range, a double represents every decimal of up to 15 digits.
        if (number.precision() <= 15 && Math.abs((long) number.scale()) <= 22) {
            return nearest;
        }
        if (Double.isFinite(nearest) && BigDecimal.valueOf(nearest).compareTo(number) == 0) {
            return nearest;
        }
        if (number.precision() - (long) number.scale() <= 19 && isWhole(number)) {
            BigInteger whole = number.toBigInteger();
            if (whole.compareTo(LONG_MIN) >= 0 && whole.compareTo(LONG_MAX) <= 0) {
                return whole.longValue();
            }
        }
        return new BigNumber(number, number);
    }

    private static boolean isWhole(BigDecimal number) {
        return number.scale() <= 0
                || number.scale() < number.precision()
                        && number.stripTrailingZeros().scale() <= 0;
    }

    Number original() {
        return original;
    }

    BigDecimal value() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BigNumber exact && value.compareTo(exact.value) == 0;
    }

    @Override
    public int hashCode() {
        return value.stripTrailingZeros().hashCode();
    }

    @Override
    public String toString() {
        return original.toString();
    }
}
