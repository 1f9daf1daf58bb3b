package dev.muster.app;

import dev.muster.config.Mapping;
import dev.muster.config.Problems;
import dev.muster.config.Scalar;
import dev.muster.config.SourceConfig;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The sources that say {@code embedded} instead of an address, and how they come to one. */
final class Embedded {

    private static final String WORD = "embedded";

    private final Edition edition;
    private List<SourceConfig> sources = List.of();

    Embedded(Edition edition) {
        this.edition = edition;
    }

    /** The sources that said so, as they are written. */
    List<SourceConfig> sources() {
        return sources;
    }

    /** All sources, with addresses for checks in place; where nothing can be embedded, that is a problem. */
    List<SourceConfig> checked(Collection<SourceConfig> all, Problems problems) {
        sources = all.stream().filter(Embedded::isEmbedded).toList();
        var checked = new ArrayList<SourceConfig>();
        for (SourceConfig source : all) {
            if (!isEmbedded(source)) {
                checked.add(source);
            } else if (edition.embedding().kinds().contains(source.kind())) {
                checked.add(at(source, edition.embedding().placeholder(source)));
            } else {
                problems.add(source.at(), refusal(source));
            }
        }
        return checked;
    }

    /** All sources, with the addresses of what has been started in place. */
    static List<SourceConfig> started(Collection<SourceConfig> all, Map<String, String> addresses) {
        Function<SourceConfig, SourceConfig> placed =
                source -> addresses.containsKey(source.name()) ? at(source, addresses.get(source.name())) : source;
        return all.stream().map(placed).toList();
    }

    private String refusal(SourceConfig source) {
        if (!edition.isDev()) {
            return "source " + source.name() + " is embedded; `embedded` sources exist in `muster dev …`,"
                    + " target/muster-dev.jar: use that, or give the source an address";
        }
        return "a source of kind " + source.kind() + " cannot be embedded; kinds that can: "
                + edition.embedding().kinds().stream().sorted().collect(Collectors.joining(", "));
    }

    private static boolean isEmbedded(SourceConfig source) {
        return source.mapping().get(source.kind()) instanceof Scalar scalar && WORD.equals(scalar.value());
    }

    private static SourceConfig at(SourceConfig source, String address) {
        var entries = source.mapping().entries().stream()
                .map(entry -> entry.name().equals(source.kind())
                        ? new Mapping.Entry(
                                entry.key(), new Scalar(entry.value().at(), address, address, true))
                        : entry)
                .toList();
        return new SourceConfig(
                source.name(), source.kind(), new Mapping(source.mapping().at(), entries), source.at());
    }
}
