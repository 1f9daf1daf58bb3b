package dev.muster.connect.mongo;

import dev.muster.config.Position;
import dev.muster.config.Problems;
import dev.muster.plan.Template;
import java.util.Map;
import java.util.Set;

/**
 * The check for parts that must be literal: JavaScript, and the names of collections in stages. A plan must write them, not
 * compute them.
 */
final class LiteralOnly {
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

    private LiteralOnly() {}

    static void check(String word, Template template, Position at, Problems problems) {
        if (template instanceof Template.MapOf map) {
            map.entries().forEach((key, value) -> entry(word, key, value, at, problems));
        } else if (template instanceof Template.ListOf list) {
            list.items().forEach(item -> check(word, item, at, problems));
        }
    }

    private static void entry(String word, String key, Template value, Position at, Problems problems) {
        String what = WHOLE.get(key);
        if (what != null) {
            refuse(word, key, what, value, at, problems);
            return;
        }
        Set<String> parts = PARTS.get(key);
        if (parts != null) {
            String meant = key.equals("$function") || key.equals("$accumulator") ? CODE : NAME;
            if (value instanceof Template.MapOf map) {
                map.entries().forEach((name, part) -> {
                    if (parts.contains(name)) {
                        refuse(word, key + "." + name, meant, part, at, problems);
                    }
                });
            } else {
                refuse(word, key, meant, value, at, problems);
            }
        }
        check(word, value, at, problems);
    }

    private static void refuse(String word, String key, String what, Template value, Position at, Problems problems) {
        if (!(value instanceof Template.Literal)) {
            Position place = value instanceof Template.Computed computed ? computed.at() : at;
            problems.add(
                    place, key + " of " + word + " is " + what + ", which must be literal in the plan, not computed");
        }
    }
}
