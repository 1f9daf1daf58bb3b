package dev.muster.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The size of a value as JSON text, estimated without writing it: slightly below the real size. */
public final class JsonSize {

    private JsonSize() {}

    /** Estimates the size in characters; stops soon after the bound is exceeded, with some number above it. */
    public static long of(@Nullable Object value, long bound) {
        if (value instanceof String text) {
            return text.length() + 2L;
        }
        if (value instanceof Map<?, ?> map) {
            long sum = 2;
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                sum += entry.getKey().toString().length() + 4 + of(entry.getValue(), bound - sum);
                if (sum > bound) {
                    return sum;
                }
            }
            return sum;
        }
        if (value instanceof List<?> list) {
            long sum = 2;
            for (Object item : list) {
                sum += 1 + of(item, bound - sum);
                if (sum > bound) {
                    return sum;
                }
            }
            return sum;
        }
        return value instanceof Number number ? digits(number) : 4;
    }

    /** As {@link #of} without a bound, for what is held as objects: a number, truth value or null counts 8. */
    public static long held(@Nullable Object value) {
        if (value instanceof String text) {
            return text.length() + 2L;
        }
        long sum = 2;
        if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                sum += 4 + entry.getKey().toString().length() + held(entry.getValue());
            }
            return sum;
        }
        if (value instanceof List<?> list) {
            for (Object item : list) {
                sum += 1 + held(item);
            }
            return sum;
        }
        return 8;
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
