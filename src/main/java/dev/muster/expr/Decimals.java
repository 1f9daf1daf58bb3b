package dev.muster.expr;

import com.google.common.primitives.UnsignedLong;
import java.math.BigDecimal;
import java.math.MathContext;
import org.jspecify.annotations.Nullable;

/** Arithmetic and order of longs, doubles and {@link BigNumber} numbers, if at least one is exact or the types differ. */
final class Decimals {

    /** The greatest precision and scale of an operand. A sum of larger ones could have too many digits to be useful. */
    private static final int MAX_DIGITS = 10_000;

    private Decimals() {}

    static Object add(Object x, Object y) {
        return BigNumber.of(decimal(x).add(decimal(y)));
    }

    static Object subtract(Object x, Object y) {
        return BigNumber.of(decimal(x).subtract(decimal(y)));
    }

    static Object multiply(Object x, Object y) {
        return BigNumber.of(decimal(x).multiply(decimal(y)));
    }

    static Object divide(Object x, Object y) {
        BigDecimal divisor = decimal(y);
        if (divisor.signum() == 0) {
            throw new Failure(ExpressionProblem.Kind.ARITHMETIC, "division by zero");
        }
        return BigNumber.of(decimal(x).divide(divisor, MathContext.DECIMAL128));
    }

    static Object negate(Object x) {
        return BigNumber.of(decimal(x).negate());
    }

    /** The exact order of two numbers, for sorting: NaN comes after all other numbers. */
    static int compare(Object x, Object y) {
        if (x instanceof Long a && y instanceof Long b) {
            return Long.compare(a, b);
        }
        if (isOpen(x) || isOpen(y)) {
            return Double.compare(approximate(x), approximate(y));
        }
        if (x instanceof Double a && y instanceof Double b) {
            return a.doubleValue() == b.doubleValue() ? 0 : Double.compare(a, b);
        }
        return value(x).compareTo(value(y));
    }

    /** Whether a value is NaN, which equals no number and has no order. */
    static boolean isNaN(@Nullable Object value) {
        return value instanceof Double binary && binary.isNaN();
    }

    static boolean isNumber(Object value) {
        return value instanceof Long
                || value instanceof Double
                || value instanceof BigNumber
                || value instanceof UnsignedLong;
    }

    static double approximate(Object number) {
        return number instanceof BigNumber exact ? exact.value().doubleValue() : ((Number) number).doubleValue();
    }

    private static boolean isOpen(Object number) {
        return number instanceof Double binary && !Double.isFinite(binary);
    }

    /**
     * The number as a decimal, if its digits are within the limit.
     *
     * @throws Failure if the number is not finite or has too many digits
     */
    static BigDecimal decimal(Object number) {
        if (isOpen(number)) {
            throw new Failure(ExpressionProblem.Kind.ARITHMETIC, "cannot calculate with " + number);
        }
        BigDecimal value = value(number);
        if (value.precision() > MAX_DIGITS || Math.abs((long) value.scale()) > MAX_DIGITS) {
            throw new Failure(
                    ExpressionProblem.Kind.ARITHMETIC,
                    "cannot calculate with a number of more than " + MAX_DIGITS + " digits");
        }
        return value;
    }

    private static BigDecimal value(Object number) {
        if (number instanceof BigNumber exact) {
            return exact.value();
        }
        if (number instanceof Long whole) {
            return BigDecimal.valueOf(whole);
        }
        if (number instanceof UnsignedLong unsigned) {
            return new BigDecimal(unsigned.bigIntegerValue());
        }
        return BigDecimal.valueOf((Double) number);
    }
}
