package dev.muster.node;

import dev.muster.config.Mapping;
import dev.muster.config.Problems;
import dev.muster.config.ProblemsException;
import dev.muster.config.Scalar;
import dev.muster.config.SourceConfig;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The sources declared {@code embedded} instead of with an address, and the assignment of their addresses. */
public final class Embedded {

    private static final String WORD = "embedded";

    private final Embedding embedding;
    private List<SourceConfig> sources = List.of();

    public Embedded(Embedding embedding) {
        this.embedding = embedding;
    }

    /** The embedded sources, as written. */
    public List<SourceConfig> sources() {
        return sources;
    }

    /**
     * All sources, embedded ones with a placeholder address for checks. A kind that cannot be embedded is a problem. Without
     * embedded servers there is no problem here, but when a plan needs the source; see {@link #require}.
     */
    public List<SourceConfig> checked(Collection<SourceConfig> all, Problems problems) {
        sources = all.stream().filter(Embedded::isEmbedded).toList();
        var checked = new ArrayList<SourceConfig>();
        for (SourceConfig source : all) {
            if (!isEmbedded(source)) {
                checked.add(source);
            } else if (embedding.kinds().contains(source.kind())) {
                checked.add(at(source, placeholder(source, problems)));
            } else if (canEmbed(embedding)) {
                problems.add(source.at(), refusal(source));
            } else {
                checked.add(at(source, nobodys(source)));
            }
        }
        return checked;
    }

    private String placeholder(SourceConfig source, Problems problems) {
        try {
            return embedding.placeholder(source);
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
     * Checks that these sources can be started.
     *
     * @throws ProblemsException if any source is given and nothing can be embedded
     */
    public static void require(Embedding embedding, List<SourceConfig> needed) throws ProblemsException {
        var problems = new Problems();
        if (!canEmbed(embedding)) {
            needed.forEach(source -> problems.add(source.at(), new Embedded(embedding).refusal(source)));
        }
        problems.throwIfAny();
    }

    /**
     * Starts the servers of these sources, if there are any. Blocks.
     *
     * @param closeSequence stops the servers
     * @return the address of each source by its name
     */
    static Map<String, String> start(
            Embedding embedding, List<SourceConfig> sources, Consumer<String> progress, CloseSequence closeSequence)
            throws InterruptedException {
        if (sources.isEmpty()) {
            return Map.of();
        }
        closeSequence.add("embedded servers", () -> {
            embedding.close();
            return Future.succeededFuture();
        });
        return embedding.start(sources, progress);
    }

    /** All sources, with the addresses of the started servers. */
    static List<SourceConfig> started(Collection<SourceConfig> all, Map<String, String> addresses) {
        Function<SourceConfig, SourceConfig> placed =
                source -> addresses.containsKey(source.name()) ? at(source, addresses.get(source.name())) : source;
        return all.stream().map(placed).toList();
    }

    private String refusal(SourceConfig source) {
        if (!canEmbed(embedding)) {
            return "source " + source.name() + " is embedded; `embedded` sources exist in `muster dev …`,"
                    + " target/muster-dev.jar: use that, or give the source an address";
        }
        return "a source of kind " + source.kind() + " cannot be embedded; kinds that can: "
                + embedding.kinds().stream().sorted().collect(Collectors.joining(", "));
    }

    private static boolean canEmbed(Embedding embedding) {
        return !embedding.kinds().isEmpty();
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
