package dev.muster.web;

import dev.muster.plan.Plan;
import dev.muster.plan.Template;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON Schema of a plan's output as far as it is known before a run: the shape of the template and its literal values. */
final class OutputSchema {

    private OutputSchema() {}

    /** The schema of a plan's output. A plan without {@code output} returns the map of all step results. */
    static Map<String, Object> of(Plan plan) {
        Template output = plan.output();
        if (output != null) {
            return of(output);
        }
        Map<String, Object> results = new LinkedHashMap<>();
        plan.steps().forEach(step -> results.put(step.name(), Map.of()));
        return object(results);
    }

    private static Map<String, Object> of(Template template) {
        if (template instanceof Template.Literal literal) {
            return ofValue(literal.value());
        }
        if (template instanceof Template.MapOf map) {
            Map<String, Object> entries = new LinkedHashMap<>();
            map.entries().forEach((name, value) -> entries.put(name, of(value)));
            return object(entries);
        }
        return template instanceof Template.ListOf ? Map.of("type", "array") : Map.of();
    }

    private static Map<String, Object> ofValue(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> entries = new LinkedHashMap<>();
            map.forEach((name, entry) -> entries.put(String.valueOf(name), ofValue(entry)));
            return object(entries);
        }
        if (value instanceof List) {
            return Map.of("type", "array");
        }
        return value == null ? Map.of("type", "null") : Map.of("const", value);
    }

    private static Map<String, Object> object(Map<String, Object> entries) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("properties", entries);
        if (!entries.isEmpty()) {
            schema.put("required", new ArrayList<>(entries.keySet()));
        }
        return schema;
    }
}
