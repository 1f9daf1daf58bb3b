package dev.muster.web;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import java.math.BigInteger;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The type that text from a path or query is converted to, derived from a JSON Schema.
 *
 * <p>A schema without a type takes text. If a schema permits several types, text becomes a number or a boolean if it is one, and
 * stays text otherwise. Objects cannot come from text.
 *
 * @param kinds the permitted kinds; empty for an object
 * @param item the type of list items, or null if a list cannot come from text
 */
record ParameterType(Set<Kind> kinds, @Nullable ParameterType item) {

    static final ParameterType TEXT = new ParameterType(EnumSet.of(Kind.STRING), null);
    private static final ParameterType NONE = new ParameterType(EnumSet.noneOf(Kind.class), null);
    private static final int MAX_REFERENCES = 32;

    /** Numbers of this many decimal digits always fit 64 bits. */
    private static final int LONG_DIGITS = 18;

    /** The kinds of values that text can be. */
    enum Kind {
        INTEGER("a whole number"),
        NUMBER("a number"),
        BOOLEAN("true or false"),
        STRING("text");

        private final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    /** The type for a schema within {@code root}. */
    static ParameterType of(Map<String, ?> root, @Nullable Object schema) {
        return of(root, schema, MAX_REFERENCES);
    }

    private static ParameterType of(Map<String, ?> root, @Nullable Object schema, int depth) {
        if (!(schema instanceof Map<?, ?> map) || depth == 0) {
            return TEXT;
        }
        if (map.get("$ref") instanceof String ref && !map.containsKey("type")) {
            return of(root, resolve(root, ref).orElse(null), depth - 1);
        }
        if (map.containsKey("type")) {
            return named(root, map, depth);
        }
        for (String keyword : List.of("anyOf", "oneOf", "allOf")) {
            if (map.get(keyword) instanceof List<?> parts) {
                return keyword.equals("allOf") ? first(root, parts, depth) : union(root, parts, depth);
            }
        }
        if (map.containsKey("const")) {
            return ofValues(List.of(Optional.ofNullable(map.get("const"))));
        }
        return map.get("enum") instanceof List<?> values
                ? ofValues(values.stream().map(Optional::ofNullable).toList())
                : map.containsKey("properties") ? NONE : TEXT;
    }

    private static ParameterType named(Map<String, ?> root, Map<?, ?> map, int depth) {
        Object type = map.get("type");
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        ParameterType item = null;
        for (Object word : type instanceof List<?> words ? words : List.of(String.valueOf(type))) {
            switch (String.valueOf(word)) {
                case "string" -> kinds.add(Kind.STRING);
                case "integer" -> kinds.add(Kind.INTEGER);
                case "number" -> kinds.add(Kind.NUMBER);
                case "boolean" -> kinds.add(Kind.BOOLEAN);
                case "array" -> {
                    ParameterType items = of(root, map.get("items"), depth - 1);
                    item = items.kinds.isEmpty() ? null : new ParameterType(items.kinds, null);
                }
                default -> {}
            }
        }
        return new ParameterType(kinds, item);
    }

    private static ParameterType union(Map<String, ?> root, List<?> parts, int depth) {
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        ParameterType item = null;
        for (Object part : parts) {
            ParameterType type = of(root, part, depth - 1);
            kinds.addAll(type.kinds);
            item = item == null ? type.item : item;
        }
        return new ParameterType(kinds, item);
    }

    /** The type of the first part of {@code allOf} that restricts the type. */
    private static ParameterType first(Map<String, ?> root, List<?> parts, int depth) {
        return parts.stream()
                .map(part -> of(root, part, depth - 1))
                .filter(type -> !type.equals(TEXT))
                .findFirst()
                .orElse(TEXT);
    }

    private static ParameterType ofValues(List<? extends Optional<?>> values) {
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        for (Optional<?> value : values) {
            Object constant = value.orElse(null);
            if (constant instanceof String) {
                kinds.add(Kind.STRING);
            } else if (constant instanceof Number) {
                kinds.add(Kind.NUMBER);
            } else if (constant instanceof Boolean) {
                kinds.add(Kind.BOOLEAN);
            }
        }
        return new ParameterType(kinds, null);
    }

    /** Whether the value can come from text. Objects, and lists of objects or lists, cannot. */
    boolean takesText() {
        return !kinds.isEmpty() || item != null;
    }

    /** Whether a single text is a list of one item. */
    boolean isList() {
        return kinds.isEmpty() && item != null;
    }

    /** The value of a text, or of one item of a list; empty if the text is not of this type. */
    Optional<Object> parse(String text) {
        if (isList() && item != null) {
            return item.parse(text);
        }
        if (kinds.contains(Kind.BOOLEAN) && (text.equals("true") || text.equals("false"))) {
            return Optional.of(Boolean.valueOf(text));
        }
        if (kinds.contains(Kind.NUMBER) || kinds.contains(Kind.INTEGER)) {
            Optional<Object> number = number(text)
                    .filter(value ->
                            kinds.contains(Kind.NUMBER) || value instanceof Long || value instanceof BigInteger);
            if (number.isPresent()) {
                return number;
            }
        }
        return kinds.contains(Kind.STRING) ? Optional.of(text) : Optional.empty();
    }

    /** Parses a number with the syntax and limits of JSON, so that a value is the same from path, query and body. */
    private static Optional<Object> number(String text) {
        if (text.isEmpty() || !isOfNumber(text.charAt(0)) || !isOfNumber(text.charAt(text.length() - 1))) {
            return Optional.empty();
        }
        if (isShortWhole(text)) {
            return Optional.of(Long.parseLong(text));
        }
        try {
            return Optional.ofNullable(Json.parse(text));
        } catch (JsonException e) {
            return Optional.empty();
        }
    }

    /** Whether a text is a whole number that fits 64 bits: the fast path, for example for an id in a path. */
    private static boolean isShortWhole(String text) {
        int digits = text.charAt(0) == '-' ? 1 : 0;
        if (text.length() == digits
                || text.length() - digits > LONG_DIGITS
                || text.charAt(digits) == '0' && text.length() > 1) {
            return false;
        }
        for (int i = digits; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static boolean isOfNumber(char c) {
        return c >= '0' && c <= '9' || c == '-';
    }

    /** The type in words, for messages. */
    String describe() {
        if (isList() && item != null) {
            return item.describe();
        }
        List<String> words = new ArrayList<>();
        kinds.forEach(kind -> words.add(kind.words));
        return String.join(" or ", words);
    }

    /** The target of a reference such as {@code #/$defs/id}; empty if there is none, or for any other kind of reference. */
    static Optional<Object> resolve(Map<String, ?> root, String reference) {
        if (reference.equals("#")) {
            return Optional.of(root);
        }
        if (!reference.startsWith("#/")) {
            return Optional.empty();
        }
        Object at = root;
        for (String part : reference.substring(2).split("/", -1)) {
            at = below(at, decoded(part));
            if (at == null) {
                return Optional.empty();
            }
        }
        return Optional.of(at);
    }

    private static @Nullable Object below(Object at, String name) {
        if (at instanceof Map<?, ?> map) {
            return map.get(name);
        }
        if (at instanceof List<?> list && name.matches("[0-9]{1,6}")) {
            int index = Integer.parseInt(name);
            return index < list.size() ? list.get(index) : null;
        }
        return null;
    }

    private static String decoded(String part) {
        String plain = part;
        if (part.indexOf('%') >= 0) {
            try {
                plain = URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                return part;
            }
        }
        return plain.replace("~1", "/").replace("~0", "~");
    }
}
