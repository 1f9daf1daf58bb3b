package dev.muster.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Values with every text in them masked. What holds nothing to mask stays the very same object. */
final class Masked {

    private Masked() {}

    static @Nullable Object value(@Nullable Object value, UnaryOperator<String> mask) {
        if (value instanceof String text) {
            return mask.apply(text);
        }
        if (value instanceof Map<?, ?> map) {
            return map(map, mask);
        }
        return value instanceof List<?> list ? list(list, mask) : value;
    }

    private static Object map(Map<?, ?> map, UnaryOperator<String> mask) {
        Map<Object, @Nullable Object> copy = null;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            Object masked = value(entry.getValue(), mask);
            if (differs(masked, entry.getValue())) {
                if (copy == null) {
                    copy = new LinkedHashMap<>(map);
                }
                copy.put(entry.getKey(), masked);
            }
        }
        return copy == null ? map : copy;
    }

    private static Object list(List<?> list, UnaryOperator<String> mask) {
        List<@Nullable Object> copy = null;
        for (int i = 0; i < list.size(); i++) {
            Object masked = value(list.get(i), mask);
            if (differs(masked, list.get(i))) {
                if (copy == null) {
                    copy = new ArrayList<>(list);
                }
                copy.set(i, masked);
            }
        }
        return copy == null ? list : copy;
    }

    @SuppressWarnings("ReferenceEquality") // what was not masked is the same object
    private static boolean differs(@Nullable Object masked, @Nullable Object value) {
        return masked != value && !(masked instanceof String text && text.equals(value));
    }
}
