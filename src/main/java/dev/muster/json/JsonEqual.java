package dev.muster.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The equality of JSON values; see {@link Json#equal}. */
final class JsonEqual {
    /** All whole numbers of a smaller magnitude are doubles. */
    private static final double WHOLE_DOUBLES = 1L << 53;

    private JsonEqual() {}

    static boolean equal(@Nullable Object one, @Nullable Object other) {
        if (one == other) {
            return true;
        }
        if (one instanceof Number a && other instanceof Number b) {
            return numbers(a, b);
        }
        if (one instanceof Map<?, ?> a && other instanceof Map<?, ?> b) {
            return maps(a, b);
        }
        if (one instanceof List<?> a && other instanceof List<?> b) {
            return lists(a, b);
        }
        return Objects.equals(one, other);
    }

    static int hash(@Nullable Object value) {
        if (value instanceof Number number) {
            return hash(number);
        }
        if (value instanceof Map<?, ?> map) {
            int hash = 0;
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                hash += 31 * Objects.hashCode(entry.getKey()) ^ hash(entry.getValue());
            }
            return hash;
        }
        if (value instanceof List<?> list) {
            int hash = 1;
            for (Object item : list) {
                hash = 31 * hash + hash(item);
            }
            return hash;
        }
        return Objects.hashCode(value);
    }

    /** By the nearest double, as far as doubles tell whole numbers apart. */
    private static int hash(Number number) {
        double nearest = number.doubleValue();
        BigDecimal exact = Math.abs(nearest) < WHOLE_DOUBLES ? null : decimal(number);
        return exact == null
                ? Double.hashCode(nearest + 0.0)
                : exact.stripTrailingZeros().hashCode();
    }

    private static boolean numbers(Number one, Number other) {
        if (one.equals(other)) {
            return true;
        }
        BigDecimal a = decimal(one);
        BigDecimal b = decimal(other);
        return a != null && b != null && a.compareTo(b) == 0;
    }

    private static @Nullable BigDecimal decimal(Number number) {
        if (number instanceof BigDecimal decimal) {
            return decimal;
        }
        if (number instanceof BigInteger whole) {
            return new BigDecimal(whole);
        }
        if (number instanceof Double || number instanceof Float) {
            return Double.isFinite(number.doubleValue()) ? new BigDecimal(number.toString()) : null;
        }
        return BigDecimal.valueOf(number.longValue());
    }

    private static boolean maps(Map<?, ?> one, Map<?, ?> other) {
        if (one.size() != other.size()) {
            return false;
        }
        for (Map.Entry<?, ?> entry : one.entrySet()) {
            if (!other.containsKey(entry.getKey()) || !equal(entry.getValue(), other.get(entry.getKey()))) {
                return false;
            }
        }
        return true;
    }

    private static boolean lists(List<?> one, List<?> other) {
        if (one.size() != other.size()) {
            return false;
        }
        Iterator<?> others = other.iterator();
        for (Object item : one) {
            if (!equal(item, others.next())) {
                return false;
            }
        }
        return true;
    }
}
