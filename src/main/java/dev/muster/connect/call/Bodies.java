package dev.muster.connect.call;

import dev.muster.text.Utf8;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Converts JSON values into bodies for which the event bus has codecs. Safe on any thread. */
public final class Bodies {
    private Bodies() {}

    /**
     * Converts a value into a body. Numbers inside maps and lists are unchanged.
     *
     * @throws IllegalArgumentException for a bare number that the bus cannot carry exactly, and for an unpaired surrogate in a bare
     *     text or in a key, which the bus would deliver to other nodes as {@code ?}; in other texts it is escaped
     */
    public static @Nullable Object toBus(@Nullable Object value) {
        if (value instanceof BigDecimal number) {
            double rounded = number.doubleValue();
            if (!Double.isFinite(rounded) || new BigDecimal(Double.toString(rounded)).compareTo(number) != 0) {
                throw inexact(number);
            }
            return rounded;
        }
        if (value instanceof BigInteger number) {
            throw inexact(number);
        }
        if (value instanceof String text && Utf8.hasHalf(text)) {
            throw new IllegalArgumentException("a bare text " + Utf8.HALF + "; put it into a map or list");
        }
        return inside(value);
    }

    private static IllegalArgumentException inexact(Number number) {
        return new IllegalArgumentException(
                "the bus cannot carry the bare number " + number + " exactly; put it into a map or list");
    }

    @SuppressWarnings("unchecked") // keys of JSON values are text
    private static @Nullable Object inside(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            var copy = new LinkedHashMap<String, @Nullable Object>();
            ((Map<String, @Nullable Object>) map).forEach((key, item) -> {
                if (Utf8.hasHalf(key)) {
                    throw new IllegalArgumentException("a key " + Utf8.HALF);
                }
                copy.put(key, inside(item));
            });
            return new JsonObject(copy);
        }
        if (value instanceof List<?> list) {
            var copy = new ArrayList<@Nullable Object>(list.size());
            list.forEach(item -> copy.add(inside(item)));
            return new JsonArray(copy);
        }
        return value;
    }
}
