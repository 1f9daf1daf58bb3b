package dev.muster.cli.queue;

import dev.muster.config.Configuration;
import dev.muster.config.Fields;
import dev.muster.config.Problems;
import dev.muster.config.ProblemsException;
import dev.muster.config.SourceConfig;
import dev.muster.config.Suggest;
import dev.muster.connect.postgres.PostgresSettings;
import dev.muster.node.Embedded;
import dev.muster.node.Embedding;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.queue.QueueSettings;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The queues of a configuration, and the selection of those that a command can reach without a node: queues stored in
 * an external database.
 */
final class NamedQueues {

    private final Configuration configuration;
    private final Map<String, QueueSettings> queues;
    private final List<String> embedded;
    private final String node;

    private NamedQueues(
            Configuration configuration,
            Map<String, QueueSettings> queues,
            List<String> embedded,
            Optional<NodeAddress> address) {
        this.configuration = configuration;
        this.queues = queues;
        this.embedded = embedded;
        this.node =
                QueueConnection.URL + " " + address.map(NodeAddress::toString).orElse("http://host:port");
    }

    /**
     * The queues selected for a command.
     *
     * @param queues the durable queues
     * @param sources the sources that store their jobs, by name
     * @param elsewhere a message about the queues that are omitted, if any
     */
    record Wanted(
            Collection<QueueSettings> queues, Map<String, PostgresSettings> sources, Optional<String> elsewhere) {}

    /**
     * Reads the queues.
     *
     * @param address the address of the configured node, for messages
     * @throws ProblemsException with every problem of the queues
     */
    static NamedQueues read(Configuration configuration, Embedding embedding, Optional<NodeAddress> address)
            throws ProblemsException {
        var problems = new Problems();
        Map<String, QueueSettings> queues = QueueSettings.read(configuration, problems);
        var embedded = new Embedded(embedding);
        embedded.checked(configuration.sources().values(), problems);
        problems.throwIfAny();
        List<String> names = embedded.sources().stream().map(SourceConfig::name).toList();
        return new NamedQueues(configuration, queues, names, address);
    }

    /**
     * The queue of this name, or all durable queues if the name is null. Empty if the command must call a node.
     *
     * @throws MusterException {@code notFound} if there are queues, but none of this name
     */
    Optional<Wanted> wanted(@Nullable String name) {
        if (queues.isEmpty()) {
            return Optional.empty();
        }
        return name == null ? all() : one(name);
    }

    private Optional<Wanted> one(String name) {
        QueueSettings queue = queues.get(name);
        if (queue == null) {
            throw new MusterException(
                    ErrorType.NOT_FOUND,
                    "there is no queue \"" + name + "\" in " + configuration.dir()
                            + Suggest.didYouMean(name, queues.keySet()) + "; there are "
                            + queues.keySet().stream().sorted().collect(Collectors.joining(", ")));
        }
        return isDurable(queue)
                ? Optional.of(new Wanted(List.of(queue), sources(List.of(queue)), Optional.empty()))
                : Optional.empty();
    }

    private Optional<Wanted> all() {
        List<QueueSettings> durable =
                queues.values().stream().filter(this::isDurable).toList();
        String others = queues.values().stream()
                .filter(queue -> !isDurable(queue))
                .map(queue -> queue.name() + " is " + place(queue))
                .sorted()
                .collect(Collectors.joining(", "));
        if (durable.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> elsewhere = others.isEmpty()
                ? Optional.empty()
                : Optional.of("not shown: " + others + "; use that node, with " + node);
        return Optional.of(new Wanted(durable, sources(durable), elsewhere));
    }

    private boolean isDurable(QueueSettings queue) {
        return !queue.isMemory() && !queue.isElsewhere() && !embedded.contains(queue.store());
    }

    private static String place(QueueSettings queue) {
        if (queue.isMemory()) {
            return "in the memory of its node";
        }
        return queue.isElsewhere() ? "on another node of the cluster" : "in the embedded database of its node";
    }

    private Map<String, PostgresSettings> sources(Collection<QueueSettings> durable) {
        var problems = new Problems();
        var sources = new TreeMap<String, PostgresSettings>();
        for (QueueSettings queue : durable) {
            SourceConfig source = Objects.requireNonNull(configuration.sources().get(queue.store()));
            var fields = new Fields(source.mapping(), "source " + source.name(), problems);
            sources.computeIfAbsent(source.name(), name -> PostgresSettings.read(name, fields, Map.of()));
        }
        problems.throwIfAny();
        return sources;
    }
}
