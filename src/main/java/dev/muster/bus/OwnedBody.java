package dev.muster.bus;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A message body that its sender gives away, to be sent once. The bus copies each body that it delivers within a process; the copy
 * of this one reuses the content and converts it to Vert.x objects and arrays.
 */
final class OwnedBody extends JsonObject {

    /** A body of maps and lists that no other code uses. */
    OwnedBody(Map<String, Object> content) {
        super(content);
    }

    @Override
    public JsonObject copy() {
        return object(getMap());
    }

    @Override
    public JsonObject copy(Function<Object, ?> cloner) {
        return copy();
    }

    private static Object plain(Object value) {
        if (value instanceof Map<?, ?> map) {
            return object(map);
        }
        return value instanceof List<?> list ? array(list) : value;
    }

    @SuppressWarnings("unchecked") // keys of JSON values are text
    private static JsonObject object(Map<?, ?> map) {
        var content = (Map<String, Object>) (map instanceof HashMap ? map : new LinkedHashMap<>(map));
        for (Map.Entry<String, Object> entry : content.entrySet()) {
            Object value = entry.getValue();
            if (value instanceof Map || value instanceof List) {
                entry.setValue(plain(value));
            }
        }
        return new JsonObject(content);
    }

    @SuppressWarnings("unchecked") // any value may stand in it
    private static JsonArray array(List<?> list) {
        var content = (List<Object>) (list instanceof ArrayList ? list : new ArrayList<>(list));
        content.replaceAll(OwnedBody::plain);
        return new JsonArray(content);
    }
}
