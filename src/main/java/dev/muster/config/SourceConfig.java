package dev.muster.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The configuration of a source, with its secrets resolved. Immutable.
 *
 * @param name the name
 * @param kind the kind, such as {@code postgres}: the one entry whose name is a kind
 * @param mapping all entries, the kind included
 * @param at the position of the name
 */
public record SourceConfig(String name, String kind, Mapping mapping, Position at) {

    /** Reads the section {@code sources}. Checks that each source has exactly one kind; the kind itself reads the other entries. */
    static Map<String, SourceConfig> read(Mapping section, Set<String> kinds, Problems problems) {
        Set<String> sorted = new TreeSet<>(kinds);
        Map<String, SourceConfig> sources = new LinkedHashMap<>();
        for (Mapping.Entry source : section.entries()) {
            if (source.value() instanceof Mapping mapping) {
                kind(source, mapping, sorted, problems)
                        .ifPresent(kind -> sources.put(
                                source.name(),
                                new SourceConfig(
                                        source.name(),
                                        kind,
                                        mapping,
                                        source.key().at())));
            } else {
                problems.add(
                        source.value().at(),
                        "the source \"" + source.name() + "\" must be a map with one of " + String.join(", ", sorted)
                                + ", not " + source.value().describe());
            }
        }
        return Collections.unmodifiableMap(sources);
    }

    private static Optional<String> kind(Mapping.Entry source, Mapping mapping, Set<String> kinds, Problems problems) {
        List<Mapping.Entry> found = mapping.entries().stream()
                .filter(entry -> kinds.contains(entry.name()))
                .toList();
        if (found.size() == 1) {
            return Optional.of(found.get(0).name());
        }
        if (found.isEmpty()) {
            noKind(source, mapping, kinds, problems);
        } else {
            problems.add(
                    found.get(1).key().at(),
                    "the source \"" + source.name() + "\" is of two kinds, "
                            + found.get(0).name() + " and " + found.get(1).name() + "; keep one");
        }
        return Optional.empty();
    }

    private static void noKind(Mapping.Entry source, Mapping mapping, Set<String> kinds, Problems problems) {
        for (Mapping.Entry entry : mapping.entries()) {
            String hint = Suggest.didYouMean(entry.name(), kinds);
            if (!hint.isEmpty()) {
                problems.add(
                        entry.key().at(),
                        "unknown kind \"" + entry.name() + "\" of the source \"" + source.name() + "\"" + hint);
                return;
            }
        }
        problems.add(
                source.key().at(),
                "the source \"" + source.name() + "\" has no kind, one of " + String.join(", ", kinds));
    }
}
