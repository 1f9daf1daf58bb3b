package dev.muster.connect.mongo;

import dev.muster.config.Problems;
import dev.muster.plan.Template;
import dev.muster.plan.VerbCall;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The word types: checks the kind of each value that is written in the plan. */
final class WordTypes {
    private WordTypes() {}

    static void check(VerbCall call, Problems problems) {
        call.values().forEach((word, template) -> {
            String wrong = wrong(word, template);
            if (wrong != null) {
                problems.add(call.at(), wrong);
            }
        });
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
        for (Template stage : PipelineStages.of(template)) {
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
}
