package dev.muster.client;

import dev.muster.text.Utf8;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The conversion of JSON values to bodies of the event bus, and back. */
final class ClientValues {

    private ClientValues() {}

    @SuppressWarnings("unchecked") // keys of JSON values are text
    static @Nullable Object toBus(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            var copy = new LinkedHashMap<String, @Nullable Object>();
            ((Map<String, @Nullable Object>) map).forEach((key, item) -> {
                if (Utf8.hasHalf(key)) {
                    throw new IllegalArgumentException("a key " + Utf8.HALF);
                }
                copy.put(key, toBus(item));
            });
            return new JsonObject(copy);
        }
        if (value instanceof List<?> list) {
            var copy = new ArrayList<@Nullable Object>(list.size());
            list.forEach(item -> copy.add(toBus(item)));
            return new JsonArray(copy);
        }
        return value;
    }

    static @Nullable Object fromBus(@Nullable Object value) {
        if (value instanceof JsonObject object) {
            return fromBus(object.getMap());
        }
        if (value instanceof JsonArray array) {
            return fromBus(array.getList());
        }
        if (value instanceof Map<?, ?> map) {
            var copy = new LinkedHashMap<String, @Nullable Object>();
            map.forEach((key, item) -> copy.put(String.valueOf(key), fromBus(item)));
            return copy;
        }
        if (value instanceof List<?> list) {
            var copy = new ArrayList<@Nullable Object>(list.size());
            list.forEach(item -> copy.add(fromBus(item)));
            return copy;
        }
        return value instanceof Integer number ? (Object) number.longValue() : value;
    }
}
