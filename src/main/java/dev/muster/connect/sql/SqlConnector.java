package dev.muster.connect.sql;

import dev.muster.connect.Arguments;
import dev.muster.connect.ConnectionLimiter;
import dev.muster.connect.Connector;
import dev.muster.connect.Operation;
import dev.muster.connect.Receipts;
import dev.muster.loop.Futures;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbSpec;
import dev.muster.task.Items;
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
    private final SqlText.Dialect dialect;
    private final VerbSpec words;

    /**
     * A snapshot of an SQL source.
     *
     * @param pool the connection limiter, with one slot for each connection
     * @param statements statements sent since the start
     * @param cancelled statements ended early on the server since the start
     * @param closed connections closed since the start because they were not known to be reusable
     * @param cancels outcomes of the cancels
     */
    public record Statistics(
            ConnectionLimiter.Statistics pool,
            long statements,
            long cancelled,
            long closed,
            Receipts.Statistics cancels) {}

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
            SqlText.Dialect dialect,
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
        Rows.Mode mode = call.text(SqlOptions.ROWS).map(Rows.Mode::of).orElse(Rows.Mode.MANY);
        return new SqlOperation(source, sql, mode, SqlText.changesSession(dialect, sql));
    }

    @Override
    public Future<@Nullable Void> ready(Scope scope, String source) {
        return source(source).ready(scope);
    }

    @Override
    public void start() {
        sources.values().forEach(SqlSource::start);
    }

    @Override
    public Map<String, Statistics> statistics() {
        var statistics = new LinkedHashMap<String, Statistics>();
        sources.forEach((name, source) -> statistics.put(name, source.statistics()));
        return statistics;
    }

    @Override
    public Future<Void> close() {
        return Futures.whenAllEnd(sources.values().stream().map(SqlSource::close));
    }

    /** The databases of the sources. */
    public List<Database> databases() {
        return databases;
    }

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

    private record SqlOperation(SqlSource source, String sql, Rows.Mode mode, boolean changesSession)
            implements Operation {

        @Override
        public Future<@Nullable Object> run(Scope scope, Arguments arguments) {
            return run(scope, arguments, mode);
        }

        private Future<@Nullable Object> run(Scope scope, Arguments arguments, Rows.Mode rows) {
            List<@Nullable Object> params = arguments.list(SqlOptions.PARAMS);
            return arguments.session() instanceof SqlSession held
                    ? new StatementRun(scope, held, sql, changesSession, params).run(rows)
                    : source.withSession(
                            scope, session -> new StatementRun(scope, session, sql, changesSession, params).run(rows));
        }

        @Override
        public Future<Items<Object>> open(Scope scope, Arguments arguments) {
            return source.database().flows(sql)
                    ? new RowStream(source, scope, sql, changesSession, arguments.list(SqlOptions.PARAMS)).open()
                    : run(scope, arguments, Rows.Mode.HELD).map(SqlOperation::items);
        }

        /** The rows of a result as a stream; empty if the result is only a number of changed rows. */
        private static Items<Object> items(@Nullable Object result) {
            List<?> rows = result instanceof List<?> list ? list : List.of();
            return Items.of(rows.iterator(), rows.size());
        }
    }
}
