package dev.muster.plan;

import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.Problems;
import dev.muster.config.Scalar;
import dev.muster.config.Sequence;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The check of {@code pattern} and {@code uniqueItems} in an inputSchema. Notes each one that is invalid, or in a place
 * that {@link OwnKeywords} does not check.
 */
final class OwnKeywordPlaces {

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
    OwnKeywordPlaces(Mapping root, Function<String, Optional<Node>> targets, Problems problems) {
        this.root = root;
        this.targets = targets;
        this.problems = problems;
    }

    void check() {
        schema(root, null);
    }

    /**
     * Checks a schema, or a list of schemas.
     *
     * @param hiddenBy the keyword that {@link OwnKeywords} does not look into, or null
     */
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
        } else if (key.equals(OwnKeywords.UNIQUE_ITEMS)) {
            uniqueItems(entry.value(), hiddenBy);
        } else if (key.equals("patternProperties")) {
            problems.add(
                    entry.key().at(),
                    "patternProperties is not checked for inputs; name the keys under properties, or describe all"
                            + " others by additionalProperties");
        } else if (key.equals("$ref") || key.equals("$dynamicRef") || key.equals("$recursiveRef")) {
            reference(key, entry.value());
        } else if (!DATA.contains(key)) {
            String hides = hiddenBy != null || OwnKeywords.looksInto(key) ? hiddenBy : key;
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
            problems.add(scalar.at(), hidden("a pattern", hiddenBy, "!input.x.matches('...')"));
            return;
        }
        try {
            InputPattern.compiled(scalar.text());
        } catch (IllegalArgumentException e) {
            problems.add(scalar.at(), String.valueOf(e.getMessage()));
        }
    }

    private void uniqueItems(Node node, @Nullable String hiddenBy) {
        if (hiddenBy != null && isTrue(node)) {
            problems.add(node.at(), hidden("uniqueItems", hiddenBy, "size(input.x) != size(input.x.distinct())"));
        }
    }

    private static String hidden(String what, String hiddenBy, String check) {
        return what + " is not supported inside " + hiddenBy + "; only below properties, items, prefixItems,"
                + " additionalProperties and allOf. Write it there, or check it in a step: fail, when: = " + check;
    }

    private static boolean isTrue(@Nullable Node node) {
        return node instanceof Scalar scalar && Boolean.TRUE.equals(scalar.value());
    }

    private static boolean isText(@Nullable Node node) {
        return node instanceof Scalar scalar && scalar.isText();
    }

    /**
     * Notes a reference that can lead to one of the keywords. The library follows references, and receives schemas
     * without these keywords.
     */
    private void reference(String key, Node node) {
        if (!(node instanceof Scalar ref)) {
            return;
        }
        // A nested $id, an anchor or a dynamic reference can point to any part of the schema.
        boolean plain = key.equals("$ref")
                && ref.text().startsWith("#/")
                && !below(root, map -> map != root && isText(map.get("$id")));
        Node target = plain ? targets.apply(ref.text()).orElse(root) : root;
        boolean isPattern = below(target, map -> isText(map.get("pattern")));
        if (isPattern || below(target, map -> isTrue(map.get(OwnKeywords.UNIQUE_ITEMS)))) {
            problems.add(
                    node.at(),
                    key + " \"" + ref.text() + "\" may lead to " + (isPattern ? "a pattern" : "uniqueItems")
                            + ", which is not checked through references; write that schema out where it is needed");
        }
    }

    /** Whether a map is found in or below a node, under any keyword: references can lead through all of them. */
    private static boolean below(Node node, Predicate<Mapping> wanted) {
        if (node instanceof Sequence list) {
            return list.items().stream().anyMatch(item -> below(item, wanted));
        }
        return node instanceof Mapping map
                && (wanted.test(map) || map.entries().stream().anyMatch(entry -> below(entry.value(), wanted)));
    }
}
