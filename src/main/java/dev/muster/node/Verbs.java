package dev.muster.node;

import dev.muster.config.Problems;
import dev.muster.config.SourceConfig;
import dev.muster.connect.Connector;
import dev.muster.connect.SourceKind;
import dev.muster.connect.call.CallConnector;
import dev.muster.connect.cpu.CpuConnector;
import dev.muster.connect.cpu.MusterFunction;
import dev.muster.connect.file.FileConnector;
import dev.muster.connect.file.FileSettings;
import dev.muster.connect.http.HttpConnector;
import dev.muster.connect.mongo.MongoConnector;
import dev.muster.connect.mongo.MongoSettings;
import dev.muster.connect.mysql.MySqlDatabase;
import dev.muster.connect.mysql.MySqlSettings;
import dev.muster.connect.postgres.PostgresDatabase;
import dev.muster.connect.postgres.PostgresSettings;
import dev.muster.connect.queue.QueueConnector;
import dev.muster.connect.queue.RemoteQueues;
import dev.muster.connect.sql.TransactionConnector;
import dev.muster.plan.VerbSpec;
import dev.muster.run.BuiltIn;
import dev.muster.run.Runner;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All verbs that need a connector, built from the settings of the sources. Connects to a source only when a step or
 * {@link #ready} needs it.
 */
public final class Verbs {

    /**
     * The words that name the kind of a source. Constants, so that reading a configuration initializes none of their classes: logging
     * and Vert.x may still be starting on another thread.
     */
    static final Set<String> SOURCE_KINDS =
            Set.of("http", PostgresSettings.KIND, MySqlSettings.KIND, MongoSettings.KIND, FileSettings.KIND);

    /** The kinds of sources. A new kind is a package below {@code connect}, a line here and its word above. */
    static List<SourceKind> kindsOfSources() {
        return List.of(
                HttpConnector.KIND, PostgresDatabase.KIND, MySqlDatabase.KIND, MongoConnector.KIND, FileConnector.KIND);
    }

    private final Resources resources;
    private final Map<String, String> kinds = new LinkedHashMap<>();
    private final Map<String, Connector> connectors = new LinkedHashMap<>();
    private final List<MusterFunction> functions = CpuConnector.installed();

    /**
     * Creates the verbs for these sources and adds problems of their settings to {@code problems}.
     *
     * @param conf the configuration folder, to which paths are relative
     * @param longest the longest deadline of a run of the saved plans; sources open to ad-hoc plans use
     *     {@link Runner#LONGEST} instead
     */
    public Verbs(
            Collection<SourceConfig> sources, Resources resources, Path conf, Duration longest, Problems problems) {
        this.resources = resources;
        sources.forEach(source -> kinds.put(source.name(), source.kind()));
        var ofSettings = new Problems();
        var context = new SourceKind.Context(
                resources.vertx(), resources.blocking(), conf, longest, Runner.LONGEST, ofSettings);
        for (SourceKind kind : kindsOfSources()) {
            List<SourceConfig> own = sources.stream()
                    .filter(source -> source.kind().equals(kind.name()))
                    .toList();
            connectors.put(kind.name(), kind.opener().open(own, context));
        }
        // In the order of the file, whatever the order of the kinds.
        problems.addAll(ofSettings.list().stream().sorted().toList());
        connectors.put("transaction", new TransactionConnector(connectors.values()));
        connectors.put("call", new CallConnector(resources.vertx(), resources.otherNodes()));
        connectors.put("queue", new QueueConnector(resources.queues(), new RemoteQueues(resources.otherNodes())));
    }

    /** The words of all verbs, built-in ones included. */
    public List<VerbSpec> words() {
        return Stream.of(
                        connectors.values().stream().map(Connector::words),
                        Stream.of(CpuConnector.verbWords()),
                        BuiltIn.words().stream())
                .flatMap(Function.identity())
                .toList();
    }

    Map<String, String> kinds() {
        return kinds;
    }

    /** The settings of the Postgres sources, by source name. */
    public Map<String, PostgresSettings> postgres() {
        return PostgresDatabase.settings(Objects.requireNonNull(connectors.get(PostgresSettings.KIND)));
    }

    /** The names of the functions that plans can call, sorted. */
    Set<String> functions() {
        return functions.stream().map(MusterFunction::name).collect(Collectors.toCollection(TreeSet::new));
    }

    Future<Map<String, Connector>> open() {
        return CpuConnector.open(resources.vertx(), resources.cpu(), resources.blocking(), functions)
                .map(cpu -> {
                    Map<String, Connector> all = new LinkedHashMap<>(connectors);
                    all.put("cpu", cpu);
                    return Collections.unmodifiableMap(all);
                });
    }

    /** Starts the background work of a serving node at its sources, such as killing queries that dead nodes left running. */
    void start() {
        connectors.values().forEach(Connector::start);
    }

    /** Checks whether a source is ready. Fails with the reason if it is not. */
    public Future<@Nullable Void> ready(Scope scope, String source) {
        Connector connector = connectors.get(kinds.getOrDefault(source, ""));
        if (connector == null) {
            throw new IllegalArgumentException("there is no source " + source);
        }
        return connector.ready(scope, source);
    }
}
