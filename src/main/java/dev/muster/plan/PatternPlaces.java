package dev.muster.plan;

import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.Problems;
import dev.muster.config.Scalar;
import dev.muster.config.Sequence;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The check of the patterns in an inputSchema. Notes each pattern that is invalid, or in a place that {@link SchemaPatterns}
 * does not check.
 */
final class PatternPlaces {

    private static final Set<String> DATA = Set.of("const", "enum", "default", "examples");
    private static final Set<String> OF_NAMES = Set.of(
            "properties",
            "patternProperties",
            "$defs",
            "definitions",
            "dependentSchemas",
            "dependencies",
            "dependentRequired");

    private final Mapping root;
    private final Function<String, Optional<Node>> targets;
    private final Problems problems;

    /**
     * A check of a schema.
     *
     * @param targets the node that a reference such as {@code #/$defs/a} points to
     */
    PatternPlaces(Mapping root, Function<String, Optional<Node>> targets, Problems problems) {
        this.root = root;
        this.targets = targets;
        this.problems = problems;
    }

    void check() {
        schema(root, null);
    }

    /** Checks a schema, or a list of schemas. {@code hiddenBy} is the keyword that {@link SchemaPatterns} does not look into, or null. */
    private void schema(Node node, @Nullable String hiddenBy) {
        if (node instanceof Sequence list) {
            list.items().forEach(item -> schema(item, hiddenBy));
        } else if (node instanceof Mapping map) {
            map.entries().forEach(entry -> keyword(entry, hiddenBy));
        }
    }

    private void keyword(Mapping.Entry entry, @Nullable String hiddenBy) {
        String key = entry.name();
        if (key.equals("pattern")) {
            pattern(entry.value(), hiddenBy);
        } else if (key.equals("patternProperties")) {
            problems.add(
                    entry.key().at(),
                    "patternProperties is not checked for inputs; name the keys under properties, or describe all"
                            + " others by additionalProperties");
        } else if (key.equals("$ref") || key.equals("$dynamicRef") || key.equals("$recursiveRef")) {
            reference(key, entry.value());
        } else if (!DATA.contains(key)) {
            String hides = hiddenBy != null || SchemaPatterns.looksInto(key) ? hiddenBy : key;
            if (OF_NAMES.contains(key) && entry.value() instanceof Mapping names) {
                names.entries().forEach(named -> schema(named.value(), hides));
            } else {
                schema(entry.value(), hides);
            }
        }
    }

    private void pattern(Node node, @Nullable String hiddenBy) {
        if (!(node instanceof Scalar scalar) || !scalar.isText()) {
            return;
        }
        if (hiddenBy != null) {
            problems.add(
                    scalar.at(),
                    "a pattern is not supported inside " + hiddenBy + "; only below properties, items, prefixItems,"
                            + " additionalProperties and allOf. Write it there, or check it in a step: fail, when:"
                            + " = !input.x.matches('...')");
            return;
        }
        try {
            InputPattern.compiled(scalar.text());
        } catch (IllegalArgumentException e) {
            problems.add(scalar.at(), String.valueOf(e.getMessage()));
        }
    }

    /** Notes a reference that can lead to a pattern. The library follows references, and receives schemas without patterns. */
    private void reference(String key, Node node) {
        if (!(node instanceof Scalar ref)) {
            return;
        }
        // A nested $id, an anchor or a dynamic reference can point to any part of the schema.
        boolean plain = key.equals("$ref") && ref.text().startsWith("#/") && !below(root, "$id", root);
        Node target = plain ? targets.apply(ref.text()).orElse(root) : root;
        if (below(target, "pattern", null)) {
            problems.add(
                    node.at(),
                    key + " \"" + ref.text() + "\" may lead to a pattern, which is not checked through references;"
                            + " write that schema out where it is needed");
        }
    }

    /** Whether a node has the key with a text, under any keyword: references can lead through all of them. */
    private static boolean below(Node node, String key, @Nullable Node except) {
        if (node instanceof Sequence list) {
            return list.items().stream().anyMatch(item -> below(item, key, except));
        }
        return node instanceof Mapping map
                && (node != except && map.get(key) instanceof Scalar scalar && scalar.isText()
                        || map.entries().stream().anyMatch(entry -> below(entry.value(), key, except)));
    }
}
