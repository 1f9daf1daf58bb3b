package dev.muster.connect.mongo;

import dev.muster.config.Position;
import dev.muster.config.Problems;
import dev.muster.plan.Template;
import dev.muster.plan.VerbCall;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The checks of the values that are written in the plan: each has the kind that its word takes, and JavaScript and the names of
 * collections in stages are literal, not computed.
 */
final class ValueChecks {
    private static final String CODE = "JavaScript";
    private static final String NAME = "the name of a collection";

    /** Keys whose whole value must be literal. */
    private static final Map<String, String> WHOLE = Map.of("$where", CODE, "$code", CODE, "$out", NAME);

    /** Keys whose value is a map in which the listed keys must be literal. */
    private static final Map<String, Set<String>> PARTS = Map.of(
            "$function", Set.of("body", "lang"),
            "$accumulator", Set.of("init", "accumulate", "merge", "finalize", "lang"),
            "$merge", Set.of("into"),
            "$lookup", Set.of("from"),
            "$graphLookup", Set.of("from"),
            "$unionWith", Set.of("coll"));

    private ValueChecks() {}

    static void check(VerbCall call, Problems problems) {
        call.values().forEach((word, template) -> {
            String wrong = wrong(word, template);
            if (wrong != null) {
                problems.add(call.at(), wrong);
            }
        });
        call.values().forEach((word, template) -> checkLiteral(word, template, call.at(), problems));
    }

    private static @Nullable String wrong(String word, Template template) {
        return switch (word) {
            case MongoOptions.FILTER -> isMap(template) ? null : "filter must be a map";
            case MongoOptions.REPLACEMENT -> replacement(template);
            case MongoOptions.DOCUMENTS ->
                isMap(template) || isList(template) ? null : "documents must be a list or a map";
            case MongoOptions.SKIP, MongoOptions.LIMIT ->
                isCount(template) ? null : word + " must be a whole number, not negative";
            case MongoOptions.HINT ->
                isMap(template) || template instanceof Template.Literal literal && literal.value() instanceof String
                        ? null
                        : "hint must be the name of an index, or its keys";
            case MongoOptions.CHANGES -> operators(template);
            case MongoOptions.COLLATION -> collation(template);
            case MongoOptions.PIPELINE -> stages(template);
            default -> null;
        };
    }

    private static @Nullable String replacement(Template template) {
        if (!isMap(template)) {
            return "replacement must be a map";
        }
        return MongoOptions.keys(template).stream().anyMatch(key -> key.startsWith("$"))
                ? "replacement is a whole document and has no operators; use changes for operators"
                : null;
    }

    private static @Nullable String operators(Template template) {
        Set<String> keys = MongoOptions.keys(template);
        boolean all = !keys.isEmpty() && keys.stream().allMatch(key -> key.startsWith("$"));
        return all ? null : "changes must be a map of operators such as $set; a whole document goes with replacement";
    }

    private static @Nullable String stages(Template template) {
        for (Template stage : MongoOptions.stages(template)) {
            Set<String> keys = MongoOptions.keys(stage);
            if (keys.size() != 1 || !keys.iterator().next().startsWith("$")) {
                return "each stage of pipeline is written as a map with one key, such as $match";
            }
        }
        return null;
    }

    private static @Nullable String collation(Template template) {
        if (template instanceof Template.Literal literal) {
            try {
                Collations.of((Map<?, ?>) literal.value());
            } catch (IllegalArgumentException e) {
                return String.valueOf(e.getMessage());
            }
        }
        return null;
    }

    private static boolean isMap(Template template) {
        return template instanceof Template.MapOf
                || template instanceof Template.Computed
                || template instanceof Template.Literal literal && literal.value() instanceof Map;
    }

    private static boolean isList(Template template) {
        return template instanceof Template.ListOf
                || template instanceof Template.Literal literal && literal.value() instanceof List;
    }

    private static boolean isCount(Template template) {
        return template instanceof Template.Computed
                || template instanceof Template.Literal literal && literal.value() instanceof Long count && count >= 0;
    }

    private static void checkLiteral(String word, Template template, Position at, Problems problems) {
        if (template instanceof Template.MapOf map) {
            map.entries().forEach((key, value) -> checkEntry(word, key, value, at, problems));
        } else if (template instanceof Template.ListOf list) {
            list.items().forEach(item -> checkLiteral(word, item, at, problems));
        }
    }

    private static void checkEntry(String word, String key, Template value, Position at, Problems problems) {
        String what = WHOLE.get(key);
        if (what != null) {
            requireLiteral(word, key, what, value, at, problems);
            return;
        }
        Set<String> parts = PARTS.get(key);
        if (parts != null) {
            String meant = key.equals("$function") || key.equals("$accumulator") ? CODE : NAME;
            if (value instanceof Template.MapOf map) {
                map.entries().forEach((name, part) -> {
                    if (parts.contains(name)) {
                        requireLiteral(word, key + "." + name, meant, part, at, problems);
                    }
                });
            } else {
                requireLiteral(word, key, meant, value, at, problems);
            }
        }
        checkLiteral(word, value, at, problems);
    }

    private static void requireLiteral(
            String word, String key, String what, Template value, Position at, Problems problems) {
        if (!(value instanceof Template.Literal)) {
            Position place = value instanceof Template.Computed computed ? computed.at() : at;
            problems.add(
                    place, key + " of " + word + " is " + what + ", which must be literal in the plan, not computed");
        }
    }
}
