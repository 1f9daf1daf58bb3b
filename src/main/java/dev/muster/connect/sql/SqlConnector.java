package dev.muster.connect.sql;

import dev.muster.connect.Connector;
import dev.muster.connect.Operation;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbWords;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A verb that asks SQL databases: each source has one pool for the node, opened at its first use.
 *
 * <p>Safe on every thread. Its operations run on loops of this Vert.x only, as their input and output comes back there.
 */
public final class SqlConnector implements Connector {
    private final Map<String, SqlSource> sources = new LinkedHashMap<>();
    private final Map<String, SqlSettings> settings = new LinkedHashMap<>();
    private final SqlDialect dialect;
    private final VerbWords words;

    /**
     * Of these databases. Nothing is opened yet.
     *
     * @param verb which is also the kind of its sources
     * @param about one sentence for the documentation
     * @param example a step, for the documentation
     * @param dialect how they read a statement
     */
    public SqlConnector(
            String verb,
            String about,
            String example,
            SqlDialect dialect,
            Vertx vertx,
            Collection<? extends Database> databases) {
        this.dialect = dialect;
        for (Database database : databases) {
            String name = database.settings().name();
            sources.put(name, new SqlSource(database, vertx));
            settings.put(name, database.settings());
        }
        words = SqlWords.of(verb, about, example, dialect, settings);
    }

    @Override
    public VerbWords words() {
        return words;
    }

    @Override
    public Operation prepare(VerbCall call) {
        SqlSource source = source(call.target());
        String sql = SqlWords.statement(call, settings)
                .orElseThrow(() -> new IllegalArgumentException(call.at() + ": there is no statement"));
        RowsMode mode = call.text(SqlWords.ROWS).map(RowsMode::of).orElse(RowsMode.MANY);
        return new SqlOperation(source, sql, mode, SqlText.changesSession(dialect, sql));
    }

    /** Completes when the source has answered; fails with why it does not. */
    public Future<@Nullable Void> ready(Scope scope, String source) {
        return new Readiness(scope, source(source)).ask();
    }

    /** Begins what goes on without a statement, for nodes that stay: the looking after what other nodes have left. */
    public void start() {
        sources.values().forEach(SqlSource::start);
    }

    /** What can be told of each source at this moment. From any thread. */
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
