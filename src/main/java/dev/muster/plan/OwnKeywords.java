package dev.muster.plan;

import com.google.re2j.Pattern;
import dev.muster.json.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The keywords {@code pattern} and {@code uniqueItems} of a JSON Schema that passed {@link OwnKeywordPlaces}.
 * Immutable.
 *
 * <p>RE2 matches the patterns in linear time; the library would use Java's regular expressions, which can take
 * exponential time. Items are compared by the equality of JSON, and only items of the same hash; the library compares
 * each with each.
 */
final class OwnKeywords {

    /** The keyword of lists without equal items. */
    static final String UNIQUE_ITEMS = "uniqueItems";

    private static final Set<String> LOOKED_INTO =
            Set.of("properties", "items", "prefixItems", "additionalProperties", "allOf");

    private final Map<String, ?> schema;
    private final Map<String, Pattern> compiled = new HashMap<>();
    private final Map<String, Object> rest;
    private boolean isUnique;

    OwnKeywords(Map<String, ?> schema) {
        this.schema = schema;
        this.rest = without(schema);
    }

    /** Whether the keywords below this one are checked. */
    static boolean looksInto(String keyword) {
        return LOOKED_INTO.contains(keyword);
    }

    /** The schema without these keywords. */
    Map<String, Object> rest() {
        return rest;
    }

    private Map<String, Object> without(Map<?, ?> keywords) {
        Map<String, Object> kept = new LinkedHashMap<>();
        keywords.forEach((key, value) -> {
            String keyword = String.valueOf(key);
            if (keyword.equals("pattern") && value instanceof String text) {
                compiled.computeIfAbsent(text, InputPattern::compiled);
            } else if (keyword.equals(UNIQUE_ITEMS) && value instanceof Boolean wanted) {
                isUnique |= wanted;
            } else {
                kept.put(keyword, looksInto(keyword) ? inside(keyword, value) : value);
            }
        });
        return kept;
    }

    private Object inside(String keyword, Object value) {
        UnaryOperator<Object> strip = schema -> schema instanceof Map<?, ?> map ? without(map) : schema;
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

    /**
     * A value that does not fit.
     *
     * @param place its JSON pointer; {@code #} is the input itself
     * @param problem what is wrong with it
     */
    record Mismatch(String place, String problem) {}

    /** The values that do not fit. */
    List<Mismatch> mismatches(@Nullable Object input) throws TooMuch {
        if (compiled.isEmpty() && !isUnique) {
            return List.of();
        }
        Check check = new Check();
        check.value(schema, input, "#");
        return check.mismatches;
    }

    /** The input has so much text or so many items that checking it would delay the event loop, even in linear time. */
    static final class TooMuch extends Exception {
        private static final long serialVersionUID = 1;

        TooMuch(String what) {
            super("input has too " + what + " of the plan's inputSchema; send less per request");
        }
    }

    private final class Check {
        private static final int VALUE_STEPS = 10;
        private static final int CHARS_A_STEP = 8;

        /** The remaining budget of one check. A step is one instruction of a pattern at one character, about ten nanoseconds. */
        private long stepsLeft = 20_000_000;

        private final List<Mismatch> mismatches = new ArrayList<>();

        void value(@Nullable Object schema, @Nullable Object value, String place) throws TooMuch {
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
                if (Boolean.TRUE.equals(keywords.get(UNIQUE_ITEMS))) {
                    unique(items, place);
                }
            }
        }

        private void text(@Nullable Pattern pattern, String text, String place) throws TooMuch {
            if (pattern == null) {
                throw new IllegalStateException("a pattern that was not compiled");
            }
            stepsLeft -= (long) pattern.programSize() * text.length();
            if (stepsLeft < 0) {
                throw new TooMuch("much text for the patterns");
            }
            if (!pattern.matcher(text).find()) {
                mismatches.add(new Mismatch(place, "String does not match pattern"));
            }
        }

        /** Notes two equal items. Sorted by their hashes, only neighbours can be equal. */
        private void unique(List<?> items, String place) throws TooMuch {
            long[] hashes = new long[items.size()];
            for (int i = 0; i < hashes.length; i++) {
                pay(items.get(i));
                hashes[i] = (long) Json.hash(items.get(i)) << Integer.SIZE | i;
            }
            Arrays.sort(hashes);
            for (int i = 0; i < hashes.length; i++) {
                for (int k = i + 1; k < hashes.length && hashes[i] >> Integer.SIZE == hashes[k] >> Integer.SIZE; k++) {
                    Object item = items.get((int) hashes[i]);
                    pay(item);
                    if (Json.equal(item, items.get((int) hashes[k]))) {
                        String which = "items " + (int) hashes[i] + " and " + (int) hashes[k] + " are equal";
                        mismatches.add(new Mismatch(place, which));
                        return;
                    }
                }
            }
        }

        /** Takes from the budget what it costs to look at a value and all that is in it. */
        private void pay(@Nullable Object value) throws TooMuch {
            stepsLeft -= VALUE_STEPS + (value instanceof String text ? text.length() / CHARS_A_STEP : 0);
            if (stepsLeft < 0) {
                throw new TooMuch("many items for uniqueItems");
            }
            Collection<?> parts =
                    value instanceof Map<?, ?> map ? map.values() : value instanceof List<?> list ? list : List.of();
            for (Object part : parts) {
                pay(part);
            }
        }

        private void fields(Map<?, ?> keywords, Map<?, ?> fields, String place) throws TooMuch {
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

        private void items(Map<?, ?> keywords, List<?> items, String place) throws TooMuch {
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
