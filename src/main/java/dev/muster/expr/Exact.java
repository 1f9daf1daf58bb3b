package dev.muster.expr;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * A number inside CEL that neither a long nor a double holds, with the very number it came from.
 *
 * <p>CEL compares numbers it does not know as doubles or longs; this one is no {@link Number}, so that only the
 * overloads made for it touch it. It never equals a long or a double, for then it would have come in as one.
 */
final class Exact {

    private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

    private final Number original;
    private final BigDecimal value;

    private Exact(Number original, BigDecimal value) {
        this.original = original;
        this.value = value;
    }

    /** The long of the same value, or an {@link Exact}. */
    static Object of(BigInteger number) {
        if (number.bitLength() < Long.SIZE) {
            return number.longValue();
        }
        return new Exact(number, new BigDecimal(number));
    }

    /** The double whose shortest text is this number, the long of the same value, or an {@link Exact}. */
    static Object of(BigDecimal number) {
        double nearest = number.doubleValue();
        // A double keeps any decimal of up to 15 digits in the middle of its range.
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
        return new Exact(number, number);
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
        return other instanceof Exact exact && value.compareTo(exact.value) == 0;
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
