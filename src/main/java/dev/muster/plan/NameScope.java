package dev.muster.plan;

import dev.muster.expr.Scope;
import dev.muster.expr.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The name scope at one place of a plan: the known names, and which of them an expression can mention. Immutable except for
 * a cache; for one thread.
 */
final class NameScope {

    /** The rule by which the names of one level can mention each other. */
    enum Rule {
        /** Any name. A step that mentions another waits for it. */
        BESIDE,
        /** Only the names before. */
        IN_ORDER,
        /** No name. */
        APART
    }

    /**
     * The largest number of names for which all expressions share one scope. Above it, each expression has a scope of the
     * names that it can mention.
     */
    private static final int MAX_SHARED = 64;

    private static final int OUTSIDE = Integer.MAX_VALUE;

    private final @Nullable NameScope outer;
    private final Level level;
    private final int index;

    /** The names of one level. Shared by all places on the level. */
    private static final class Level {
        final String word;
        final Rule rule;
        final Map<String, Type> types;
        final Map<String, Integer> indexes = new LinkedHashMap<>();
        final int size;

        @Nullable
        Scope scope;

        Level(
                @Nullable NameScope outer,
                String word,
                Rule rule,
                List<@Nullable String> names,
                Map<String, Type> types) {
            this.word = word;
            this.rule = rule;
            this.types = types;
            for (int i = 0; i < names.size(); i++) {
                String name = names.get(i);
                if (name != null) {
                    indexes.putIfAbsent(name, i);
                }
            }
            size = indexes.size() + (outer == null ? 0 : outer.level.size);
        }
    }

    private NameScope(@Nullable NameScope outer, Level level, int index) {
        this.outer = outer;
        this.level = level;
        this.index = index;
    }

    /** The scope of the variables of every plan. */
    static NameScope ofPlan(Type input) {
        Map<String, Type> types = new LinkedHashMap<>();
        types.put("input", input);
        types.put("caller", Type.ANY);
        types.put("run", Type.ANY);
        return new NameScope(
                null, new Level(null, "plan", Rule.BESIDE, new ArrayList<>(types.keySet()), types), OUTSIDE);
    }

    /** A level of steps within this one, seen from after all of them. A null name is a step without a name. */
    NameScope with(String word, Rule rule, List<@Nullable String> names) {
        return new NameScope(this, new Level(this, word, rule, names, Map.of()), OUTSIDE);
    }

    /** This scope with one more variable. */
    NameScope with(String variable) {
        return with("each", Rule.BESIDE, List.of(variable));
    }

    /** The same level, seen from the step with this index. */
    NameScope from(int step) {
        return new NameScope(outer, level, step);
    }

    /** Whether a name is defined here, even if it cannot be mentioned. */
    boolean knows(String name) {
        return level.indexes.containsKey(name) || outer != null && outer.knows(name);
    }

    /** The names of this level with their indexes. */
    Map<String, Integer> siblings() {
        return level.indexes;
    }

    Rule rule() {
        return level.rule;
    }

    /** The error message for mentioning a known name; null if the name can be mentioned. */
    @Nullable
    String objection(String name) {
        Integer at = level.indexes.get(name);
        if (at == null) {
            return outer == null ? null : outer.objection(name);
        }
        if (level.rule == Rule.BESIDE || index == OUTSIDE) {
            return null;
        }
        if (level.rule == Rule.APART) {
            return "the branches of " + level.word + " cannot refer to each other: \"" + name + "\"";
        }
        if (at < index) {
            return null;
        }
        return at == index
                ? "the step \"" + name + "\" refers to itself"
                : "\"" + name + "\" comes later; in a list a step sees those before it";
    }

    /** The scope for compiling an expression: at least every name that the expression can mention. */
    Scope scopeFor(String source) {
        return level.size <= MAX_SHARED ? everything() : scopeOf(source);
    }

    /** The scope of all names. */
    Scope everything() {
        Scope scope = level.scope;
        if (scope == null) {
            Map<String, Type> all = new LinkedHashMap<>();
            collect(all);
            scope = new Scope(all);
            level.scope = scope;
        }
        return scope;
    }

    private void collect(Map<String, Type> all) {
        if (outer != null) {
            outer.collect(all);
        }
        level.indexes.keySet().forEach(name -> all.put(name, typeOnLevel(name)));
    }

    private Scope scopeOf(String source) {
        Map<String, Type> named = new LinkedHashMap<>();
        int start = 0;
        for (int i = 0; i <= source.length(); i++) {
            if (i == source.length() || !Character.isJavaIdentifierPart(source.charAt(i))) {
                if (i > start) {
                    add(source.substring(start, i), named);
                }
                start = i + 1;
            }
        }
        return new Scope(named);
    }

    private void add(String word, Map<String, Type> named) {
        if (level.indexes.containsKey(word)) {
            named.put(word, typeOnLevel(word));
        } else if (outer != null) {
            outer.add(word, named);
        }
    }

    private Type typeOnLevel(String name) {
        return level.types.getOrDefault(name, Type.ANY);
    }
}
