package dev.muster.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The parts of the JSON Schema of plans: the values of each word. */
final class SchemaWords {

    private static final String DURATION = "[0-9]{1,15}(ms|s|m|h)";

    private SchemaWords() {}

    /** A map in the order of its arguments: key, value, key, value, … */
    static Map<String, Object> map(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }

    private static Map<String, Object> ref(String definition) {
        return map("$ref", "#/$defs/" + definition);
    }

    static Map<String, Object> anyOf(String... definitions) {
        List<Object> refs = new ArrayList<>();
        Arrays.stream(definitions).forEach(definition -> refs.add(ref(definition)));
        return map("anyOf", refs);
    }

    /** Adds the shared definitions that the other parts refer to. */
    static void definitions(Map<String, Object> defs) {
        defs.put("duration", map("type", "string", "pattern", "^" + DURATION + "$"));
        defs.put("expression", map("type", "string", "pattern", "^=([^=]|$)"));
        defs.put("text", map("type", "string", "pattern", "^($|[^=]|==)"));
        defs.put("target", map("type", "string", "minLength", 1L, "pattern", "^([^=]|==)"));
        defs.put("textOrNumber", map("anyOf", List.of(ref("text"), map("type", "number"))));
        defs.put("truth", map("type", "boolean"));
        defs.put("values", map("type", "array"));
        String types = String.join(
                "|", Arrays.stream(Shape.Kind.values()).map(Shape.Kind::word).toList());
        defs.put("inputWord", map("type", "string", "pattern", "^(" + types + ")$"));
        defs.put("inputWordOrNone", map("type", "string", "pattern", "^(" + types + ")[?]?$"));
        defs.put("inputList", map("type", "array", "minItems", 1L, "maxItems", 1L, "items", ref("inputItem")));
        defs.put("inputItem", anyOf("inputWord", "inputList", "input"));
        defs.put(
                "input",
                map(
                        "type",
                        "object",
                        "propertyNames",
                        map("pattern", "[^?]"),
                        "additionalProperties",
                        anyOf("inputWordOrNone", "inputList", "input")));
    }

    /** The schema of a verb's own value. */
    static Map<String, Object> target(VerbSpec.Target target) {
        return switch (target) {
            case VALUE -> map();
            case DURATION -> anyOf("duration", "expression");
            default -> ref("target");
        };
    }

    /** The schema of a word beside a verb. */
    static Map<String, Object> of(Option word) {
        Map<String, Object> schema = new LinkedHashMap<>();
        if (!word.about().isEmpty()) {
            schema.put("description", word.about());
        }
        schema.putAll(
                switch (word.type()) {
                    case VALUE -> map();
                    case VALUES -> map("type", "object");
                    case LIST -> map("type", "array");
                    case TEXT_VALUE, URI -> map("type", "string");
                    case DURATION_VALUE -> anyOf("duration", "expression");
                    case TEXT -> ref("text");
                    case DURATION -> ref("duration");
                    case INTEGER -> map("type", "integer", "minimum", 0L);
                    case BOOLEAN -> map("type", "boolean");
                    case ONE_OF -> map("enum", word.choices());
                    case STEPS -> ref("someList");
                    case TEXTS ->
                        map("anyOf", List.of(ref("textOrNumber"), map("type", "array", "items", ref("textOrNumber"))));
                });
        return schema;
    }

    /** Adds the schemas of the policies. Words that the verb defines keep their schema. */
    static void policies(Map<String, Object> properties) {
        properties.putIfAbsent("when", anyOf("expression", "truth"));
        properties.putIfAbsent("optional", ref("truth"));
        properties.putIfAbsent("default", map("description", "The result if the step fails."));
        properties.putIfAbsent("finally", ref("step"));
        properties.putIfAbsent("timeout", ref("duration"));
        properties.putIfAbsent("retry", ref("retry"));
        properties.putIfAbsent("idempotent", ref("truth"));
        properties.putIfAbsent("after", map("type", "array", "items", ref("text")));
        properties.putIfAbsent("stream", ref("truth"));
    }

    /** The schema of {@code retry}. */
    static Map<String, Object> retry() {
        List<String> types = ErrorType.ofSteps().stream()
                .filter(type -> type != ErrorType.CANCELLED)
                .map(ErrorType::word)
                .toList();
        Map<String, Object> properties = map(
                "times",
                map("type", "integer", "minimum", 1L, "maximum", (long) PolicyReader.MAX_TIMES),
                "backoff",
                map("type", "string", "pattern", "^" + DURATION + "\\.\\." + DURATION + "$"),
                "on",
                map("type", "array", "minItems", 1L, "items", map("enum", types)));
        return map("type", "object", "properties", properties, "additionalProperties", false);
    }

    /** Adds the schemas of a combinator and the words beside it. */
    static void combinator(String word, Map<String, Object> properties) {
        Map<String, Object> order = map("enum", CombinatorReader.ORDERS);
        Map<String, Object> concurrency =
                map("type", "integer", "minimum", 1L, "maximum", (long) CombinatorReader.MAX_CONCURRENCY);
        switch (word) {
            case "gather" -> {
                properties.put(word, ref("someMapOrList"));
                properties.put("errors", map("enum", List.of("failFast", "collect")));
                properties.put("order", order);
                properties.put("concurrency", concurrency);
            }
            case "each" -> {
                properties.put(word, anyOf("expression", "values"));
                properties.put("as", map("type", "string", "pattern", "^[A-Za-z_][A-Za-z0-9_]*$"));
                properties.put("do", ref("step"));
                properties.put("concurrency", concurrency);
                properties.put(
                        "errors",
                        map("type", "string", "pattern", "^(failFast|collect|tolerate [0-9]{1,3}([.][0-9]{1,6})?%)$"));
                properties.put("order", order);
            }
            case "wait" -> {
                properties.put(word, ref("someSteps"));
                properties.put("until", map("enum", CombinatorReader.UNTILS));
                properties.put("pending", map("enum", CombinatorReader.PENDINGS));
            }
            case "sequence" -> properties.put(word, ref("someList"));
            case "race" -> properties.put(word, ref("someMapOrList"));
            default -> {
                properties.put(word, ref("someSteps"));
                properties.put("output", map());
            }
        }
    }

    /** The schema of a trigger. */
    static Map<String, Object> trigger() {
        return map("anyOf", List.of(jobs(), times()), "description", "Runs the plan without a caller.");
    }

    private static Map<String, Object> jobs() {
        Map<String, Object> words = new LinkedHashMap<>();
        words.put(TriggerReader.QUEUE, text("The queue whose jobs are its inputs."));
        words.put("consumers", count(1, TriggerReader.MAX_CONSUMERS, "The number of concurrent jobs on a node."));
        words.put("prefetch", count(0, TriggerReader.MAX_PREFETCH, "The number of prefetched jobs."));
        return object(words, TriggerReader.QUEUE);
    }

    private static Map<String, Object> times() {
        Map<String, Object> words = new LinkedHashMap<>();
        words.put(
                TriggerReader.CRON,
                text(
                        "The times: minute, hour, day of month, month and day of week, as in '*/5 * * * *', or '@daily'."));
        words.put(TriggerReader.ZONE, text("The time zone, such as Europe/Berlin; UTC by default."));
        words.put(
                TriggerReader.OVERLAP,
                map(
                        "enum",
                        TriggerReader.OVERLAPS,
                        "description",
                        "What happens if the previous run is still active at a time."));
        return object(words, TriggerReader.CRON);
    }

    private static Map<String, Object> object(Map<String, Object> words, String required) {
        return map("type", "object", "properties", words, "required", List.of(required), "additionalProperties", false);
    }

    private static Map<String, Object> text(String about) {
        return map("type", "string", "description", about);
    }

    private static Map<String, Object> count(long min, long max, String about) {
        return map("type", "integer", "minimum", min, "maximum", max, "description", about);
    }
}
