package dev.muster.connect.sql;

import dev.muster.connect.Connector;
import dev.muster.connect.Operation;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbSpec;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connector of an SQL verb. Each source has one pool for the whole node, opened on first use.
 *
 * <p>Safe on any thread. Operations must run on loops of this Vert.x, because their input and output arrives there.
 */
public final class SqlConnector implements Connector {
    private final Map<String, SqlSource> sources = new LinkedHashMap<>();
    private final Map<String, SqlSettings> settings = new LinkedHashMap<>();
    private final List<Database> databases;
    private final SqlDialect dialect;
    private final VerbSpec words;

    /**
     * Creates a connector for these databases. Nothing is opened yet.
     *
     * @param verb the verb, which is also the kind of its sources
     * @param about one sentence for the documentation
     * @param example a step for the documentation
     * @param dialect the syntax of the database's statements
     */
    public SqlConnector(
            String verb,
            String about,
            String example,
            SqlDialect dialect,
            Vertx vertx,
            Collection<? extends Database> databases) {
        this.dialect = dialect;
        this.databases = List.copyOf(databases);
        for (Database database : databases) {
            String name = database.settings().name();
            sources.put(name, new SqlSource(database, vertx));
            settings.put(name, database.settings());
        }
        words = SqlOptions.of(verb, about, example, dialect, settings);
    }

    @Override
    public VerbSpec words() {
        return words;
    }

    @Override
    public Operation prepare(VerbCall call) {
        SqlSource source = source(call.target());
        String sql = SqlOptions.statement(call, settings)
                .orElseThrow(() -> new IllegalArgumentException(call.at() + ": there is no statement"));
        RowsMode mode = call.text(SqlOptions.ROWS).map(RowsMode::of).orElse(RowsMode.MANY);
        return new SqlOperation(source, sql, mode, SqlText.changesSession(dialect, sql));
    }

    @Override
    public Future<@Nullable Void> ready(Scope scope, String source) {
        return new Readiness(scope, source(source)).ask();
    }

    @Override
    public void start() {
        sources.values().forEach(SqlSource::start);
    }

    @Override
    public Map<String, SqlStatistics> statistics() {
        var statistics = new LinkedHashMap<String, SqlStatistics>();
        sources.forEach((name, source) -> statistics.put(name, source.statistics()));
        return statistics;
    }

    @Override
    public Future<Void> close() {
        Future<Void> all = Future.succeededFuture();
        for (SqlSource source : sources.values()) {
            Future<Void> closing = source.close();
            all = all.eventually(() -> closing);
        }
        return all;
    }

    /** The databases of the sources. */
    public List<Database> databases() {
        return databases;
    }

    /** The sources by name. */
    Map<String, SqlSource> sources() {
        return Collections.unmodifiableMap(sources);
    }

    private SqlSource source(String name) {
        SqlSource source = sources.get(name);
        if (source == null) {
            throw new IllegalArgumentException("there is no " + words.verb() + " source " + name);
        }
        return source;
    }
}
