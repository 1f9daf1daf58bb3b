package dev.muster.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The size of a value as JSON text, estimated without writing it: slightly below the real size. */
public final class JsonSize {

    private static final long HELD_SCALAR = 8;

    private JsonSize() {}

    /** Estimates the size in characters; stops soon after the bound is exceeded, with some number above it. */
    public static long of(@Nullable Object value, long bound) {
        return size(value, bound, false);
    }

    /** As {@link #of} without a bound, for what is held as objects: a number, truth value or null counts 8. */
    public static long held(@Nullable Object value) {
        return size(value, Long.MAX_VALUE, true);
    }

    private static long size(@Nullable Object value, long bound, boolean isHeld) {
        if (value instanceof String text) {
            return text.length() + 2L;
        }
        if (value instanceof Map<?, ?> map) {
            long sum = 2;
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                sum += entry.getKey().toString().length() + 4 + size(entry.getValue(), bound - sum, isHeld);
                if (sum > bound) {
                    return sum;
                }
            }
            return sum;
        }
        if (value instanceof List<?> list) {
            long sum = 2;
            for (Object item : list) {
                sum += 1 + size(item, bound - sum, isHeld);
                if (sum > bound) {
                    return sum;
                }
            }
            return sum;
        }
        if (isHeld) {
            return HELD_SCALAR;
        }
        return value instanceof Number number ? digits(number) : 4;
    }

    private static long digits(Number number) {
        if (number instanceof BigDecimal decimal) {
            return decimal.precision();
        }
        if (number instanceof BigInteger whole) {
            return whole.bitLength() * 3L / 10;
        }
        return number instanceof Long small && small >= 0 && small < 10 ? 1 : 3;
    }
}
