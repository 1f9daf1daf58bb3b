package dev.muster.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The reader of the section {@code sources}. Checks that each source has exactly one kind; the kind itself reads the other entries. */
final class SourceReader {
    private final Set<String> kinds;
    private final Problems problems;

    SourceReader(Set<String> kinds, Problems problems) {
        this.kinds = new TreeSet<>(kinds);
        this.problems = problems;
    }

    Map<String, SourceConfig> read(Mapping section) {
        Map<String, SourceConfig> sources = new LinkedHashMap<>();
        for (Mapping.Entry entry : section.entries()) {
            if (entry.value() instanceof Mapping mapping) {
                kind(entry, mapping)
                        .ifPresent(kind -> sources.put(
                                entry.name(),
                                new SourceConfig(
                                        entry.name(), kind, mapping, entry.key().at())));
            } else {
                problems.add(
                        entry.value().at(),
                        "the source \"" + entry.name() + "\" must be a map with one of " + String.join(", ", kinds)
                                + ", not " + entry.value().describe());
            }
        }
        return Collections.unmodifiableMap(sources);
    }

    private Optional<String> kind(Mapping.Entry source, Mapping mapping) {
        List<Mapping.Entry> said = mapping.entries().stream()
                .filter(entry -> kinds.contains(entry.name()))
                .toList();
        if (said.size() == 1) {
            return Optional.of(said.get(0).name());
        }
        if (said.isEmpty()) {
            nothingSaid(source, mapping);
        } else {
            problems.add(
                    said.get(1).key().at(),
                    "the source \"" + source.name() + "\" is of two kinds, "
                            + said.get(0).name() + " and " + said.get(1).name() + "; keep one");
        }
        return Optional.empty();
    }

    private void nothingSaid(Mapping.Entry source, Mapping mapping) {
        for (Mapping.Entry entry : mapping.entries()) {
            Optional<String> meant = Suggest.closest(entry.name(), kinds);
            if (meant.isPresent()) {
                problems.add(
                        entry.key().at(),
                        "unknown kind \"" + entry.name() + "\" of the source \"" + source.name() + "\" (did you mean \""
                                + meant.get() + "\"?)");
                return;
            }
        }
        problems.add(
                source.key().at(),
                "the source \"" + source.name() + "\" has no kind, one of " + String.join(", ", kinds));
    }
}
