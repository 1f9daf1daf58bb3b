package dev.muster.plan;

import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.Position;
import dev.muster.config.ProblemsException;
import dev.muster.config.Sequence;
import dev.muster.config.Suggest;
import dev.muster.expr.Names;
import dev.muster.plan.NameScope.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The reader of the steps of one level: a map or a list of steps. */
final class StepsReader {

    private final Parsing parsing;
    private final StepReader steps;

    StepsReader(Parsing parsing, StepReader steps) {
        this.parsing = parsing;
        this.steps = steps;
    }

    /** The steps of one level, and the name scope that sees all of them. */
    record Level(List<Step> steps, NameScope inside) {}

    /** A step that is not read yet: its name if one is written, its position and its node. */
    private record Entry(@Nullable String name, Position at, Node node) {}

    /**
     * Reads a map or list of steps.
     *
     * @param word the word that the steps are under
     */
    Level read(String word, Node node, Rule rule, NameScope around, int depth) throws ProblemsException {
        List<Entry> entries = node instanceof Mapping map ? entries(map) : entries((Sequence) node);
        List<@Nullable String> names = names(entries, around);
        NameScope inside = around.with(word, rule, names);
        List<Dependencies.Draft> drafts = new ArrayList<>(entries.size());
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            String name = names.get(i);
            Optional<Dependencies.Draft> draft = steps.read(
                    name == null ? String.valueOf(i) : name,
                    name != null,
                    entry.at(),
                    entry.node(),
                    inside.from(i),
                    depth);
            draft.ifPresent(drafts::add);
        }
        return new Level(Dependencies.link(parsing, drafts, inside), inside);
    }

    private static List<Entry> entries(Mapping map) {
        return map.entries().stream()
                .map(entry -> new Entry(entry.name(), entry.key().at(), entry.value()))
                .toList();
    }

    private List<Entry> entries(Sequence list) {
        List<Entry> entries = new ArrayList<>(list.items().size());
        for (Node item : list.items()) {
            Mapping.Entry named = item instanceof Mapping map ? named(map) : null;
            entries.add(
                    named == null
                            ? new Entry(null, item.at(), item)
                            : new Entry(named.name(), named.key().at(), named.value()));
        }
        return entries;
    }

    /**
     * The entry that names a list item: a map with one key that is no word of the language, and a map as its value. Null if
     * the item has no name.
     */
    private Mapping.@Nullable Entry named(Mapping map) {
        if (map.entries().size() != 1) {
            return null;
        }
        Mapping.Entry only = map.entries().get(0);
        Language language = parsing.language;
        if (!(only.value() instanceof Mapping inner)
                || language.isHead(only.name())
                || Language.POLICIES.contains(only.name())) {
            return null;
        }
        boolean holdsStep = inner.names().stream().anyMatch(language::isHead);
        return holdsStep || Suggest.closest(only.name(), language.heads()).isEmpty() ? only : null;
    }

    private List<@Nullable String> names(List<Entry> entries, NameScope around) {
        List<@Nullable String> names = new ArrayList<>(entries.size());
        Map<String, Position> seen = new HashMap<>();
        for (Entry entry : entries) {
            String name = entry.name();
            boolean usable = name != null && checkName(parsing, "step", name, entry.at(), around);
            Position before = usable ? seen.putIfAbsent(String.valueOf(name), entry.at()) : null;
            if (before != null) {
                parsing.problem(entry.at(), "the name \"" + name + "\" is taken by the step in line " + before.line());
            }
            names.add(usable && before == null ? name : null);
        }
        return names;
    }

    /** Whether a step or variable can have a name here. If not, the reason is noted. */
    static boolean checkName(Parsing parsing, String what, String name, Position at, NameScope around) {
        if (!Names.isVariable(name)) {
            parsing.problem(at, "a " + what + " cannot be named \"" + name + "\": " + Names.RULE);
            return false;
        }
        if (around.knows(name)) {
            boolean everywhere = name.equals("input") || name.equals("caller") || name.equals("run");
            parsing.problem(
                    at,
                    "a " + what + " cannot be named \"" + name + "\": "
                            + (everywhere
                                    ? "input, caller and run are variables of every plan"
                                    : "the name is already used here, and would be hidden"));
            return false;
        }
        return true;
    }
}
