package dev.muster.connect;

import dev.muster.text.Printable;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Converts the results of foreign code, such as a function or a worker, into JSON values as package {@code json} defines them.
 *
 * <p>The result is a copy, so that no one can change it later. Integers of any class become Long or BigInteger, bytes and buffers
 * become Base64 text, {@link JsonObject} and {@link JsonArray} become maps and lists. An instance converts one value on one thread.
 */
public final class Values {
    private static final int NESTING = 256;
    private static final int MAX_OF_PLACE = 200;

    private final long limitBytes;

    /** Whether maps and lists are kept, with only the entries replaced that need conversion. */
    private final boolean inPlace;

    private long bytes;

    /** The current position, for messages: a map key, the copied list (its size is the index), or the iterator over a kept list. */
    private final ArrayList<Object> path = new ArrayList<>();

    private Values(long limitBytes, boolean inPlace) {
        this.limitBytes = limitBytes;
        this.inPlace = inPlace;
    }

    /**
     * Converts a value by copying it.
     *
     * @param limitBytes maximum size as JSON in bytes; approximate, because escapes are not counted
     * @throws IllegalArgumentException if the value is not a JSON value or nests too deeply; the message has the found type and its
     *     position
     * @throws TooLargeException if the value exceeds the limit
     */
    public static @Nullable Object copy(@Nullable Object value, long limitBytes) {
        return new Values(limitBytes, false).of(value, 0);
    }

    /**
     * Converts a body that the event bus delivered and therefore already copied. Its objects and arrays become the result; the
     * caller must not use the body afterwards.
     */
    public static @Nullable Object adopt(@Nullable Object body, long limitBytes) {
        boolean isCopy = body instanceof JsonObject || body instanceof JsonArray;
        return new Values(limitBytes, isCopy).of(body, 0);
    }

    /** Thrown if a value takes more bytes than the limit. */
    public static final class TooLargeException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        TooLargeException(long limitBytes) {
            super("takes more than " + limitBytes + " bytes as JSON");
        }
    }

    private @Nullable Object of(@Nullable Object value, int depth) {
        if (value == null || value instanceof Boolean) {
            count(4);
            return value;
        }
        if (value instanceof CharSequence text) {
            return text(text.toString());
        }
        if (value instanceof Number number) {
            count(8);
            return number(number);
        }
        if (value instanceof byte[] raw) {
            return text(Base64.getEncoder().encodeToString(raw));
        }
        if (value instanceof Buffer buffer) {
            return text(Base64.getEncoder().encodeToString(buffer.getBytes()));
        }
        if (depth == NESTING) {
            throw new IllegalArgumentException("nests deeper than " + NESTING + " levels");
        }
        return container(value, depth + 1);
    }

    private Object container(Object value, int depth) {
        if (value instanceof JsonObject object) {
            return map(object.getMap(), depth);
        }
        if (value instanceof JsonArray array) {
            return list(array.getList(), depth);
        }
        if (value instanceof Map<?, ?> map) {
            return map(map, depth);
        }
        if (value instanceof Collection<?> items) {
            return list(items, depth);
        }
        throw new IllegalArgumentException(
                "holds a " + value.getClass().getName() + place() + ", which is not a JSON value");
    }

    @SuppressWarnings("unchecked") // each key is checked
    private Map<String, @Nullable Object> map(Map<?, ?> map, int depth) {
        boolean keeps = inPlace && map instanceof HashMap;
        var result = keeps ? (Map<String, @Nullable Object>) map : new LinkedHashMap<String, @Nullable Object>();
        path.add("");
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String key)) {
                throw new IllegalArgumentException("holds a key" + place() + " that is not text");
            }
            count(key.length() + 4L);
            path.set(depth - 1, key);
            Object value = of(entry.getValue(), depth);
            if (keeps) {
                ((Map.Entry<String, @Nullable Object>) entry).setValue(value);
            } else {
                result.put(key, value);
            }
        }
        path.remove(depth - 1);
        return result;
    }

    private List<@Nullable Object> list(Collection<?> items, int depth) {
        if (inPlace && items instanceof ArrayList<?> list) {
            return kept(list, depth);
        }
        var copy = new ArrayList<@Nullable Object>();
        path.add(copy);
        for (Object item : items) {
            count(1);
            copy.add(of(item, depth));
        }
        path.remove(depth - 1);
        return copy;
    }

    @SuppressWarnings("unchecked") // a list holds any value
    private List<@Nullable Object> kept(List<?> items, int depth) {
        var list = (List<@Nullable Object>) items;
        ListIterator<@Nullable Object> each = list.listIterator();
        path.add(each);
        while (each.hasNext()) {
            count(1);
            Object item = each.next();
            Object value = of(item, depth);
            if (value != item) {
                each.set(value);
            }
        }
        path.remove(depth - 1);
        return list;
    }

    private String text(String text) {
        // Latin text takes one byte a character, other text up to three. The exact size is computed only near
        // the limit.
        if (bytes + 3L * text.length() + 2 <= limitBytes) {
            count(text.length() + 2L);
        } else if (text.length() > limitBytes) {
            throw new TooLargeException(limitBytes);
        } else {
            count(text.getBytes(StandardCharsets.UTF_8).length + 2L);
        }
        return text;
    }

    private Number number(Number number) {
        if (number instanceof Long || number instanceof BigDecimal) {
            return number;
        }
        if (number instanceof Integer || number instanceof Short || number instanceof Byte) {
            return number.longValue();
        }
        if (number instanceof Double || number instanceof Float) {
            if (!Double.isFinite(number.doubleValue())) {
                throw new IllegalArgumentException("holds " + number + place() + ", which JSON cannot represent");
            }
            return number instanceof Double ? number : Double.valueOf(number.toString());
        }
        if (number instanceof BigInteger whole) {
            return whole.bitLength() < Long.SIZE ? (Number) whole.longValue() : whole;
        }
        throw new IllegalArgumentException(
                "holds a " + number.getClass().getName() + place() + ", which is not a JSON value");
    }

    private void count(long more) {
        bytes += more;
        if (bytes > limitBytes) {
            throw new TooLargeException(limitBytes);
        }
    }

    private String place() {
        var text = new StringBuilder();
        for (Object step : path) {
            if (step instanceof List<?> list) {
                text.append('[').append(list.size()).append(']');
            } else if (step instanceof ListIterator<?> each) {
                text.append('[').append(each.previousIndex()).append(']');
            } else {
                text.append('.').append(step);
            }
        }
        return text.isEmpty() ? "" : " at " + Printable.beginning(text.toString(), MAX_OF_PLACE);
    }
}
