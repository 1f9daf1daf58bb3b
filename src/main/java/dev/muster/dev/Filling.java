package dev.muster.dev;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Replaces {@code {name}} in a response body with a value from the request: a path segment, else a query parameter, else nothing.
 *
 * <p>{@code {n}} is the number of a stream's item, starting at 1; {@code {body}} is the request's body; {@code {protocol}} is its
 * HTTP version. A string that consists of one name becomes the value itself: an integer if it looks like one, null if there is
 * none. Inside a longer string the value is inserted as text.
 */
final class Filling {
    private static final Pattern NAME = Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_]*)}");
    private static final Pattern WHOLE = Pattern.compile("-?(0|[1-9][0-9]{0,17})");

    private final Map<String, @Nullable Object> own;
    private final Map<String, String> path;
    private final MultiMap query;

    Filling(Map<String, String> path, MultiMap query, Buffer body, String protocol) {
        this.path = path;
        this.query = query;
        this.own = new LinkedHashMap<>();
        own.put("n", null);
        own.put("body", body.length() == 0 ? null : valueOf(body));
        own.put("protocol", protocol);
    }

    /** Sets the value of {@code {n}}. */
    void number(long item) {
        own.put("n", item);
    }

    /** A copy of a value with its names replaced. */
    @Nullable
    Object fill(@Nullable Object value) {
        if (value instanceof String text) {
            Matcher matcher = NAME.matcher(text);
            return matcher.matches() ? valueOf(matcher.group(1)) : text(text);
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> filled = new LinkedHashMap<>();
            map.forEach((key, inner) -> filled.put(text(String.valueOf(key)), fill(inner)));
            return filled;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> filled = new ArrayList<>(list.size());
            for (Object inner : list) {
                filled.add(fill(inner));
            }
            return filled;
        }
        return value;
    }

    /** A text with its names replaced. */
    String text(String text) {
        return NAME.matcher(text).replaceAll(name -> {
            Object value = valueOf(name.group(1));
            String filled = value == null ? "" : value instanceof String string ? string : Json.write(value);
            return Matcher.quoteReplacement(filled);
        });
    }

    private @Nullable Object valueOf(String name) {
        if (own.containsKey(name)) {
            return own.get(name);
        }
        String value = path.containsKey(name) ? path.get(name) : query.get(name);
        return value != null && WHOLE.matcher(value).matches() ? (Object) Long.valueOf(value) : value;
    }

    private static @Nullable Object valueOf(Buffer body) {
        try {
            return Json.parse(body.getBytes());
        } catch (JsonException notJson) {
            return body.toString();
        }
    }
}
