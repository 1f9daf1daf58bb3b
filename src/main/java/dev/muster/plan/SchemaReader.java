package dev.muster.plan;

import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.Position;
import dev.muster.config.Problems;
import dev.muster.config.Scalar;
import dev.muster.config.Sequence;
import io.vertx.json.schema.OutputUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The reader of {@code inputSchema}: a JSON Schema 2020-12 without references to other documents. */
final class SchemaReader {

    private final Mapping root;
    private final Problems problems;

    private SchemaReader(Mapping root, Problems problems) {
        this.root = root;
        this.problems = problems;
    }

    /** Reads a schema. Empty if it is not valid; the problems are then noted. */
    static Optional<Plan.Input> read(Mapping root, Problems problems) {
        Problems own = new Problems();
        SchemaReader reader = new SchemaReader(root, own);
        reader.check();
        problems.addAll(own.list());
        if (!own.isEmpty()) {
            return Optional.empty();
        }
        @SuppressWarnings({"unchecked", "rawtypes"}) // the values of a checked schema are never null
        Map<String, Object> schema = (Map) Collections.unmodifiableMap(root.toValue());
        return Optional.of(new SchemaInput(schema));
    }

    private void check() {
        if (root.get("$schema") instanceof Scalar draft && !draft.text().matches(".*/draft/2020-12/schema#?")) {
            problems.add(draft.at(), "inputSchema is read by JSON Schema 2020-12, not by " + draft.text());
            return;
        }
        for (OutputUnit error : JsonSchemas.problems(withoutPatterns(root.toValue()))) {
            List<String> pointer = JsonSchemas.pointer(error.getInstanceLocation());
            String place = pointer.isEmpty() ? "" : " at /" + String.join("/", pointer);
            problems.add(at(pointer), "inputSchema is not a JSON Schema" + place + ": " + error.getError());
        }
        checkInside(root, false);
        new OwnKeywordPlaces(root, ref -> find(JsonSchemas.pointer(ref)), problems).check();
    }

    /**
     * The schema without its patterns. The library would compile them as Java regular expressions, which differ from
     * RE2 and overflow the stack if they are nested deeply.
     */
    private static Map<String, @Nullable Object> withoutPatterns(Map<?, ?> keywords) {
        Map<String, @Nullable Object> rest = new LinkedHashMap<>();
        keywords.forEach((key, value) -> {
            String keyword = String.valueOf(key);
            if (holdsNames(keyword) && value instanceof Map<?, ?> names) {
                Map<String, @Nullable Object> schemas = new LinkedHashMap<>();
                names.forEach((name, schema) -> schemas.put(String.valueOf(name), withoutPatternsInside(schema)));
                rest.put(keyword, schemas);
            } else if (!(keyword.equals("pattern") && value instanceof String)) {
                rest.put(keyword, withoutPatternsInside(value));
            }
        });
        rest.remove("patternProperties");
        return rest;
    }

    private static @Nullable Object withoutPatternsInside(@Nullable Object value) {
        if (value instanceof List<?> list) {
            List<@Nullable Object> rest = new ArrayList<>();
            list.forEach(item -> rest.add(withoutPatternsInside(item)));
            return rest;
        }
        return value instanceof Map<?, ?> map ? withoutPatterns(map) : value;
    }

    /**
     * Checks everything below a schema.
     *
     * @param names whether the map's keys are names, not keywords
     */
    private void checkInside(Node node, boolean names) {
        if (node instanceof Sequence list) {
            list.items().forEach(item -> checkInside(item, false));
        }
        if (!(node instanceof Mapping map)) {
            return;
        }
        for (Mapping.Entry entry : map.entries()) {
            String key = entry.name();
            if (!names
                    && (key.equals("const") || key.equals("enum") || key.equals("default") || key.equals("examples"))) {
                continue;
            }
            if (!names && entry.value() instanceof Scalar scalar) {
                checkKeyword(key, scalar);
            }
            checkInside(entry.value(), !names && holdsNames(key));
        }
    }

    private static boolean holdsNames(String key) {
        return List.of("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
                .contains(key);
    }

    private void checkKeyword(String key, Scalar scalar) {
        if (key.equals("$ref") || key.equals("$dynamicRef")) {
            String ref = scalar.text();
            if (!ref.startsWith("#")) {
                problems.add(
                        scalar.at(),
                        key + " \"" + ref
                                + "\" points outside; an inputSchema must contain all its definitions, for example under $defs");
            } else if (ref.startsWith("#/") && find(JsonSchemas.pointer(ref)).isEmpty()) {
                problems.add(scalar.at(), key + " \"" + ref + "\" has no target in this inputSchema");
            }
        }
    }

    private Position at(List<String> pointer) {
        for (int parts = pointer.size(); parts > 0; parts--) {
            Optional<Node> node = find(pointer.subList(0, parts));
            if (node.isPresent()) {
                return node.get().at();
            }
        }
        return root.at();
    }

    private Optional<Node> find(List<String> pointer) {
        Node node = root;
        for (String part : pointer) {
            Node next = null;
            if (node instanceof Mapping map) {
                next = map.get(part);
            } else if (node instanceof Sequence list && part.matches("[0-9]{1,6}")) {
                int index = Integer.parseInt(part);
                next = index < list.items().size() ? list.items().get(index) : null;
            }
            if (next == null) {
                return Optional.empty();
            }
            node = next;
        }
        return Optional.of(node);
    }
}
