package dev.muster.web;

import dev.muster.plan.Plan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a plan's input schema, for use in an OpenAPI document. A schema with references is also added to the document as a
 * whole, and the references of its parts point there.
 */
final class InputSchema {

    /** The keywords that an object schema keeps if only some of its properties remain. */
    private static final Set<String> OF_SOME_NAMES = Set.of(
            "type", "title", "description", "properties", "patternProperties", "additionalProperties", "required");

    private final String name;
    private final Map<String, Object> whole;
    private final Map<String, Object> moved;
    private boolean refers;

    InputSchema(Plan plan) {
        this.name = "input." + plan.name();
        this.whole = plan.input().schema();
        this.moved = moved(whole, "#/components/schemas/" + name, new ArrayList<>());
    }

    /** The whole schema by its name in the document; empty if nothing refers to it. */
    Map<String, Object> shared() {
        return refers ? Map.of(name, moved) : Map.of();
    }

    List<?> required() {
        return whole.get("required") instanceof List<?> names ? names : List.of();
    }

    /** The schema of a name as query text: without null, which text cannot express. */
    Object ofText(String property) {
        Object schema = moved.get("properties") instanceof Map<?, ?> all ? all.get(property) : null;
        return schema instanceof Map<?, ?> map ? withoutNull(map) : Map.of();
    }

    /** The schema of a name as a path segment: for a list the schema of its items, because a path has a single item. */
    Object ofSegment(String property) {
        Object schema = ofText(property);
        boolean list = schema instanceof Map<?, ?> map && "array".equals(map.get("type"));
        Object items = list ? ((Map<?, ?>) schema).get("items") : schema;
        return items == null ? Map.of() : items;
    }

    /** The schema of names that the input schema does not list. */
    Object others() {
        return moved.get("additionalProperties") instanceof Map<?, ?> map ? map : Map.of("type", "string");
    }

    /** The schema of a body with these names; the whole schema if no others exist. */
    Map<String, Object> ofBody(Set<String> names) {
        Map<?, ?> properties = moved.get("properties") instanceof Map<?, ?> all ? all : Map.of();
        if (names.containsAll(properties.keySet())) {
            Map<String, Object> body = new LinkedHashMap<>(moved);
            body.putIfAbsent("type", "object");
            return body;
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", "object");
        moved.forEach((keyword, value) -> {
            if (OF_SOME_NAMES.contains(keyword)) {
                body.put(keyword, value);
            }
        });
        Map<Object, Object> some = new LinkedHashMap<>(properties);
        some.keySet().retainAll(names);
        body.put("properties", some);
        List<?> needed = required().stream().filter(names::contains).toList();
        body.remove("required");
        if (!needed.isEmpty()) {
            body.put("required", needed);
        }
        return body;
    }

    private static Map<Object, Object> withoutNull(Map<?, ?> schema) {
        Map<Object, Object> text = new LinkedHashMap<>(schema);
        if (schema.get("type") instanceof List<?> types) {
            List<?> rest = types.stream().filter(type -> !"null".equals(type)).toList();
            text.put("type", rest.size() == 1 ? rest.get(0) : rest);
        }
        return text;
    }

    /**
     * A copy of a schema with references that point into the document.
     *
     * @param base the target of references within the innermost schema with an {@code $id}
     * @param at the path from the whole schema to this one
     */
    private Map<String, Object> moved(Map<?, ?> schema, String base, List<String> at) {
        String own = schema.containsKey("$id") && !at.isEmpty() ? pointer(at) : base;
        Map<String, Object> copy = new LinkedHashMap<>();
        schema.forEach((key, value) -> {
            String keyword = String.valueOf(key);
            switch (keyword) {
                case "$id", "$schema", "$anchor", "$dynamicAnchor" -> {}
                case "$ref", "$dynamicRef" -> {
                    refers = true;
                    copy.put("$ref", target(String.valueOf(value), own));
                }
                case "const", "enum", "default", "examples" -> copy.put(keyword, value);
                default -> copy.put(keyword, inside(value, own, with(at, keyword)));
            }
        });
        return copy;
    }

    private @Nullable Object inside(@Nullable Object value, String base, List<String> at) {
        if (value instanceof Map<?, ?> map) {
            return holdsNames(at) ? names(map, base, at) : moved(map, base, at);
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>();
            for (int i = 0; i < list.size(); i++) {
                copy.add(inside(list.get(i), base, with(at, String.valueOf(i))));
            }
            return copy;
        }
        return value;
    }

    private Map<String, @Nullable Object> names(Map<?, ?> map, String base, List<String> at) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            String property = String.valueOf(key);
            copy.put(property, value instanceof Map<?, ?> schema ? moved(schema, base, with(at, property)) : value);
        });
        return copy;
    }

    private static boolean holdsNames(List<String> at) {
        return Set.of("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
                .contains(at.get(at.size() - 1));
    }

    private String target(String reference, String base) {
        if (reference.equals("#")) {
            return base;
        }
        if (reference.startsWith("#/")) {
            return base + reference.substring(1);
        }
        List<String> anchor = anchor(whole, reference.substring(1), List.of());
        return anchor == null ? base : pointer(anchor);
    }

    /** The path to the schema with this anchor; null if there is none. */
    private static @Nullable List<String> anchor(@Nullable Object value, String anchor, List<String> at) {
        if (value instanceof Map<?, ?> map) {
            if (anchor.equals(map.get("$anchor")) || anchor.equals(map.get("$dynamicAnchor"))) {
                return at;
            }
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                List<String> found = anchor(entry.getValue(), anchor, with(at, String.valueOf(entry.getKey())));
                if (found != null) {
                    return found;
                }
            }
        } else if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                List<String> found = anchor(list.get(i), anchor, with(at, String.valueOf(i)));
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    private String pointer(List<String> at) {
        StringBuilder pointer = new StringBuilder("#/components/schemas/").append(name);
        at.forEach(part -> pointer.append('/').append(escaped(part)));
        return pointer.toString();
    }

    private static List<String> with(List<String> at, String part) {
        List<String> longer = new ArrayList<>(at);
        longer.add(part);
        return longer;
    }

    /** A name, escaped as a part of a JSON Pointer. */
    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
