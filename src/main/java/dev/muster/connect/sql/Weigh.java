package dev.muster.connect.sql;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Computes the approximate size of a value as JSON, in bytes. */
final class Weigh {
    private Weigh() {}

    static long bytes(@Nullable Object value) {
        if (value instanceof String text) {
            return text.length() + 2L;
        }
        long sum = 2;
        if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                sum += 4 + entry.getKey().toString().length() + bytes(entry.getValue());
            }
            return sum;
        }
        if (value instanceof List<?> list) {
            for (Object item : list) {
                sum += 1 + bytes(item);
            }
            return sum;
        }
        return 8;
    }
}
