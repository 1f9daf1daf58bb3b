package dev.muster.app;

import dev.muster.config.Mapping;
import dev.muster.config.Problems;
import dev.muster.config.ProblemsException;
import dev.muster.config.Scalar;
import dev.muster.config.SourceConfig;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The sources declared {@code embedded} instead of with an address, and the assignment of their addresses. */
final class Embedded {

    private static final String WORD = "embedded";

    private final Edition edition;
    private List<SourceConfig> sources = List.of();

    Embedded(Edition edition) {
        this.edition = edition;
    }

    /** The embedded sources, as written. */
    List<SourceConfig> sources() {
        return sources;
    }

    /**
     * All sources, embedded ones with a placeholder address for checks. A kind that cannot be embedded is a problem. An
     * edition that embeds nothing reports no problem here, but when a plan needs the source; see {@link #require}.
     */
    List<SourceConfig> checked(Collection<SourceConfig> all, Problems problems) {
        sources = all.stream().filter(Embedded::isEmbedded).toList();
        var checked = new ArrayList<SourceConfig>();
        for (SourceConfig source : all) {
            if (!isEmbedded(source)) {
                checked.add(source);
            } else if (edition.embedding().kinds().contains(source.kind())) {
                checked.add(at(source, placeholder(source, problems)));
            } else if (edition.isDev()) {
                problems.add(source.at(), refusal(source));
            } else {
                checked.add(at(source, nobodys(source)));
            }
        }
        return checked;
    }

    private String placeholder(SourceConfig source, Problems problems) {
        try {
            return edition.embedding().placeholder(source);
        } catch (ProblemsException e) {
            problems.addAll(e.problems());
            return nobodys(source);
        }
    }

    private static String nobodys(SourceConfig source) {
        String scheme = source.kind().equals("mongo") ? "mongodb" : source.kind();
        return scheme + "://embedded.invalid/" + source.name();
    }

    /**
     * Checks that this edition can start these sources.
     *
     * @throws ProblemsException in the production edition, if any source is given
     */
    static void require(Edition edition, List<SourceConfig> needed) throws ProblemsException {
        var problems = new Problems();
        if (!edition.isDev()) {
            needed.forEach(source -> problems.add(source.at(), new Embedded(edition).refusal(source)));
        }
        problems.throwIfAny();
    }

    /** All sources, with the addresses of the started servers. */
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
