package dev.muster.app;

import dev.muster.json.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Values with every text in them masked, keys too. What holds nothing to mask stays the very same object. */
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

    /** A value as JSON on one line with its end. */
    static byte[] line(Object value, UnaryOperator<String> mask) {
        byte[] json = Json.writeBytes(value(value, mask));
        byte[] line = Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        return line;
    }

    private static Object map(Map<?, ?> map, UnaryOperator<String> mask) {
        Map<Object, @Nullable Object> copy = null;
        int before = 0;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            Object key = value(entry.getKey(), mask);
            Object masked = value(entry.getValue(), mask);
            if (copy == null && (differs(key, entry.getKey()) || differs(masked, entry.getValue()))) {
                copy = first(before, map);
            }
            if (copy != null) {
                copy.put(free(key, copy), masked);
            }
            before++;
        }
        return copy == null ? map : copy;
    }

    private static Map<Object, @Nullable Object> first(int count, Map<?, ?> map) {
        var copy = new LinkedHashMap<Object, @Nullable Object>();
        map.entrySet().stream().limit(count).forEach(entry -> copy.put(entry.getKey(), entry.getValue()));
        return copy;
    }

    /** Two keys may look the same once they are masked; no entry is lost by that. */
    private static Object free(@Nullable Object key, Map<Object, @Nullable Object> taken) {
        Object free = String.valueOf(key);
        while (taken.containsKey(free)) {
            free = free + "*";
        }
        return free;
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
