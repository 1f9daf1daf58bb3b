package dev.muster.node;

import dev.muster.config.Fields;
import dev.muster.config.Problems;
import dev.muster.config.SourceConfig;
import dev.muster.connect.Connector;
import dev.muster.connect.call.CallConnector;
import dev.muster.connect.cpu.CpuConnector;
import dev.muster.connect.cpu.MusterFunction;
import dev.muster.connect.file.FileConnector;
import dev.muster.connect.file.FileSettings;
import dev.muster.connect.http.HttpConnector;
import dev.muster.connect.http.HttpSettings;
import dev.muster.connect.mongo.MongoConnector;
import dev.muster.connect.mongo.MongoSettings;
import dev.muster.connect.mysql.MySqlDatabase;
import dev.muster.connect.mysql.MySqlSettings;
import dev.muster.connect.postgres.PostgresDatabase;
import dev.muster.connect.postgres.PostgresSettings;
import dev.muster.connect.queue.QueueConnector;
import dev.muster.connect.queue.RemoteQueues;
import dev.muster.connect.sql.QueryFile;
import dev.muster.connect.sql.SqlConnector;
import dev.muster.connect.sql.TransactionConnector;
import dev.muster.plan.VerbSpec;
import dev.muster.run.BuiltIn;
import dev.muster.run.Runner;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All verbs that need a connector, built from the settings of the sources. Connects to a source only when a step or
 * {@link #ready} needs it.
 */
public final class Verbs {

    /** The words that name the kind of a source. */
    static final Set<String> SOURCE_KINDS =
            Set.of("http", PostgresSettings.KIND, MySqlSettings.KIND, MongoSettings.KIND, "file");

    private final Resources resources;
    private final Map<String, String> kinds = new LinkedHashMap<>();
    private final Map<String, HttpSettings> web = new LinkedHashMap<>();
    private final List<FileSettings> folders = new ArrayList<>();
    private final List<PostgresSettings> postgresSources = new ArrayList<>();
    private final List<MySqlSettings> mysqlSources = new ArrayList<>();
    private final List<MongoSettings> documents = new ArrayList<>();
    private final List<MusterFunction> functions = CpuConnector.installed();
    private final HttpConnector http;
    private final FileConnector files;
    private final MongoConnector mongo;
    private final CallConnector calls;
    private final QueueConnector queues;
    private final SqlConnector postgres;
    private final SqlConnector mysql;
    private final TransactionConnector transactions;

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
        for (SourceConfig source : sources) {
            kinds.put(source.name(), source.kind());
            switch (source.kind()) {
                case "http" ->
                    web.put(
                            source.name(),
                            HttpSettings.read(new Fields(source.mapping(), "source " + source.name(), problems)));
                case "file" -> folders.add(FileSettings.read(source, conf, problems));
                case PostgresSettings.KIND ->
                    postgresSources.add(PostgresSettings.read(
                            source.name(),
                            new Fields(source.mapping(), "source " + source.name(), problems),
                            QueryFile.read(conf, source.name(), problems)));
                case MySqlSettings.KIND ->
                    mysqlSources.add(MySqlSettings.read(
                            source.name(),
                            new Fields(source.mapping(), "source " + source.name(), problems),
                            QueryFile.read(conf, source.name(), problems)));
                case MongoSettings.KIND ->
                    documents.add(MongoSettings.read(
                            source.name(), new Fields(source.mapping(), "source " + source.name(), problems)));
                default -> throw new IllegalStateException("no connector reads sources of kind " + source.kind());
            }
        }
        http = new HttpConnector(resources.vertx(), web);
        files = new FileConnector(folders, resources.blocking());
        mongo = new MongoConnector(documents);
        calls = new CallConnector(resources.vertx(), resources.otherNodes());
        queues = new QueueConnector(resources.queues(), new RemoteQueues(resources.otherNodes()));
        postgres = PostgresDatabase.connector(
                resources.vertx(), postgresSources, source -> source.common().adhoc() ? Runner.LONGEST : longest);
        mysql = MySqlDatabase.connector(resources.vertx(), mysqlSources);
        transactions = new TransactionConnector(List.of(postgres, mysql));
    }

    /** The words of all verbs, built-in ones included. */
    public List<VerbSpec> words() {
        var words = new ArrayList<VerbSpec>(List.of(
                http.words(),
                postgres.words(),
                mysql.words(),
                transactions.words(),
                mongo.words(),
                files.words(),
                calls.words(),
                queues.words(),
                CpuConnector.verbWords()));
        words.addAll(BuiltIn.words());
        return words;
    }

    /** The kinds of the sources, by source name. */
    Map<String, String> kinds() {
        return kinds;
    }

    /** The settings of the Postgres sources, by source name. */
    public Map<String, PostgresSettings> postgres() {
        return postgresSources.stream()
                .collect(Collectors.toMap(source -> source.common().name(), Function.identity()));
    }

    /** The names of the functions that plans can call, sorted. */
    Set<String> functions() {
        var names = new TreeSet<String>();
        functions.forEach(function -> names.add(function.name()));
        return names;
    }

    /** Opens the connectors, by verb. */
    Future<Map<String, Connector>> open() {
        return CpuConnector.open(resources.vertx(), resources.cpu(), resources.blocking(), functions)
                .map(cpu -> Map.of(
                        "http",
                        http,
                        PostgresSettings.KIND,
                        postgres,
                        MySqlSettings.KIND,
                        mysql,
                        "transaction",
                        transactions,
                        MongoSettings.KIND,
                        mongo,
                        "file",
                        files,
                        "call",
                        calls,
                        "queue",
                        queues,
                        "cpu",
                        cpu));
    }

    /** Starts the background work of a serving node at its sources, such as killing queries that dead nodes left running. */
    void start() {
        mysql.start();
    }

    /** Checks whether a source is ready. Fails with the reason if it is not. */
    public Future<@Nullable Void> ready(Scope scope, String source) {
        String kind = kinds.getOrDefault(source, "");
        return switch (kind) {
            case "http" ->
                HttpReadiness.ask(scope, resources.vertx(), source, Objects.requireNonNull(web.get(source)), http);
            case PostgresSettings.KIND -> postgres.ready(scope, source);
            case MySqlSettings.KIND -> mysql.ready(scope, source);
            case MongoSettings.KIND -> mongo.ready(scope, source);
            default -> files.ready(scope, source);
        };
    }
}
