package dev.muster.plan;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The patterns of a JSON Schema that passed {@link PatternPlaces}, matched by RE2 in linear time. The library would use
 * Java's regular expressions, which can take exponential time. Immutable.
 */
final class SchemaPatterns {

    private static final Set<String> LOOKED_INTO =
            Set.of("properties", "items", "prefixItems", "additionalProperties", "allOf");

    private final Map<String, ?> schema;
    private final Map<String, Pattern> compiled = new HashMap<>();
    private final Map<String, Object> rest;

    SchemaPatterns(Map<String, ?> schema) {
        this.schema = schema;
        this.rest = withoutPatterns(schema);
    }

    /** Whether patterns below this keyword are checked. */
    static boolean looksInto(String keyword) {
        return LOOKED_INTO.contains(keyword);
    }

    /** The schema without its patterns. */
    Map<String, Object> rest() {
        return rest;
    }

    private Map<String, Object> withoutPatterns(Map<?, ?> keywords) {
        Map<String, Object> kept = new LinkedHashMap<>();
        keywords.forEach((key, value) -> {
            String keyword = String.valueOf(key);
            if (keyword.equals("pattern") && value instanceof String text) {
                compiled.computeIfAbsent(text, InputPattern::compiled);
            } else {
                kept.put(keyword, looksInto(keyword) ? inside(keyword, value) : value);
            }
        });
        return kept;
    }

    private Object inside(String keyword, Object value) {
        UnaryOperator<Object> strip = schema -> schema instanceof Map<?, ?> map ? withoutPatterns(map) : schema;
        if (value instanceof List<?> list) {
            List<Object> all = new ArrayList<>();
            list.forEach(item -> all.add(strip.apply(item)));
            return all;
        }
        if (keyword.equals("properties") && value instanceof Map<?, ?> map) {
            Map<String, Object> all = new LinkedHashMap<>();
            map.forEach((name, property) -> all.put(String.valueOf(name), strip.apply(property)));
            return all;
        }
        return strip.apply(value);
    }

    /** The JSON pointers of the strings that do not match; {@code #} is the input itself. */
    List<String> mismatches(@Nullable Object input) throws TooMuchText {
        if (compiled.isEmpty()) {
            return List.of();
        }
        Check check = new Check();
        check.value(schema, input, "#");
        return check.places;
    }

    /** The input has so much text that matching it would delay the event loop, even in linear time. */
    static final class TooMuchText extends Exception {
        private static final long serialVersionUID = 1;
    }

    private final class Check {
        /** The remaining budget of one check. A step is one instruction of a pattern at one character, about ten nanoseconds. */
        private long stepsLeft = 20_000_000;

        private final List<String> places = new ArrayList<>();

        void value(@Nullable Object schema, @Nullable Object value, String place) throws TooMuchText {
            if (!(schema instanceof Map<?, ?> keywords)) {
                return;
            }
            if (keywords.get("allOf") instanceof List<?> all) {
                for (Object each : all) {
                    value(each, value, place);
                }
            }
            if (value instanceof String text && keywords.get("pattern") instanceof String pattern) {
                text(compiled.get(pattern), text, place);
            } else if (value instanceof Map<?, ?> fields) {
                fields(keywords, fields, place);
            } else if (value instanceof List<?> items) {
                items(keywords, items, place);
            }
        }

        private void text(@Nullable Pattern pattern, String text, String place) throws TooMuchText {
            if (pattern == null) {
                throw new IllegalStateException("a pattern that was not compiled");
            }
            stepsLeft -= (long) pattern.programSize() * text.length();
            if (stepsLeft < 0) {
                throw new TooMuchText();
            }
            if (!pattern.matcher(text).find()) {
                places.add(place);
            }
        }

        private void fields(Map<?, ?> keywords, Map<?, ?> fields, String place) throws TooMuchText {
            Map<?, ?> properties = keywords.get("properties") instanceof Map<?, ?> map ? map : Map.of();
            for (Map.Entry<?, ?> field : fields.entrySet()) {
                String name = String.valueOf(field.getKey());
                Object schema =
                        properties.containsKey(name) ? properties.get(name) : keywords.get("additionalProperties");
                if (schema instanceof Map<?, ?>) {
                    value(
                            schema,
                            field.getValue(),
                            place + "/" + name.replace("~", "~0").replace("/", "~1"));
                }
            }
        }

        private void items(Map<?, ?> keywords, List<?> items, String place) throws TooMuchText {
            List<?> first = keywords.get("prefixItems") instanceof List<?> list ? list : List.of();
            for (int i = 0; i < items.size(); i++) {
                Object schema = i < first.size() ? first.get(i) : keywords.get("items");
                if (schema instanceof Map<?, ?>) {
                    value(schema, items.get(i), place + "/" + i);
                }
            }
        }
    }
}
