package dev.muster.connect.mysql;

import dev.muster.config.SourceConfig;
import dev.muster.connect.SourceKind;
import dev.muster.connect.sql.Database;
import dev.muster.connect.sql.Prepared;
import dev.muster.connect.sql.QueryFile;
import dev.muster.connect.sql.SqlConnector;
import dev.muster.connect.sql.SqlResource;
import dev.muster.connect.sql.SqlSettings;
import dev.muster.connect.sql.SqlText;
import dev.muster.loop.Nanos;
import dev.muster.plan.MusterException;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver of a MySQL (5.7 or later) or MariaDB (10.2 or later) source. Safe on any thread.
 *
 * <p>Its sessions use utf8mb4 and UTC. Queries are killed over one side connection in addition to the pool.
 */
public final class MySqlDatabase implements Database {
    /** The kind of these sources. */
    public static final SourceKind KIND = new SourceKind(MySqlSettings.KIND, MySqlDatabase::open);

    private static final String BEGIN = "start transaction";
    private static final String ISOLATION = "set transaction isolation level ";

    private static final Pattern SHOW = Pattern.compile("\\W*show\\b", Pattern.CASE_INSENSITIVE);
    private static final Logger LOG = LoggerFactory.getLogger(MySqlDatabase.class);

    /** Functions and statements that report on the previous statement, whose state another statement in between would erase. */
    private static final Pattern LOOKS_BACK = Pattern.compile(
            "\\b(?:row_count|found_rows)\\s*\\(|\\b(?:warning_count|error_count|warnings|errors|diagnostics)\\b",
            Pattern.CASE_INSENSITIVE);

    private final MySqlSettings settings;
    private final StatementLimits limits;
    private final NodeMark mark = NodeMark.fresh();
    private volatile @Nullable SideLink link;
    private volatile @Nullable NodeLock presence;

    private MySqlDatabase(MySqlSettings settings) {
        this.settings = settings;
        this.limits = new StatementLimits(settings.common().name(), settings.statementLimit());
    }

    private static SqlConnector open(List<SourceConfig> sources, SourceKind.Context context) {
        return connector(
                context.vertx(),
                sources.stream()
                        .map(source -> MySqlSettings.read(
                                source.name(),
                                context.fields(source),
                                QueryFile.read(context.conf(), source.name(), context.problems())))
                        .toList());
    }

    /** Creates the connector of the verb {@code mysql}, for these MySQL and MariaDB sources. Nothing is opened yet. */
    public static SqlConnector connector(Vertx vertx, Collection<MySqlSettings> sources) {
        return new SqlConnector(
                MySqlSettings.KIND,
                "Runs a statement in a MySQL or MariaDB database.",
                SqlResource.text(MySqlDatabase.class, "example.yaml"),
                SqlText.Dialect.MYSQL,
                vertx,
                sources.stream().map(MySqlDatabase::new).toList());
    }

    @Override
    public SqlSettings settings() {
        return settings.common();
    }

    @Override
    public String address() {
        return settings.authority();
    }

    @Override
    public Pool open(Vertx vertx) {
        SqlSettings common = settings();
        MySQLConnectOptions options = settings.options();
        var beside = new SideLink(
                (VertxInternal) vertx, new Connecting((VertxInternal) vertx, common, limits, () -> {}), options);
        NodeLock known = settings.peers() ? new NodeLock(common.name(), beside, mark) : null;
        link = beside;
        presence = known;
        PoolOptions pool = common.poolOptions().setMaxWaitQueueSize(common.pool());
        // Opened early, because a server that has run out of connections would reject the side connection later.
        Runnable warm = known == null ? beside::warm : known::warm;
        return new Connecting((VertxInternal) vertx, common, limits, warm).pool(options, pool);
    }

    @Override
    public void lend(SqlConnection connection, Consumer<MusterException> rowLost) {
        // Without a handler, the driver prints the exception that breaks a connection.
        connection.exceptionHandler(broken -> LOG.debug("{}: {}", settings().name(), broken.toString()));
        MySqlWire.of(connection).onRowLost(rowLost);
    }

    /** If the server opens no cursor for a statement that asks for one, the driver breaks the connection or waits forever. */
    @Override
    public boolean flows(String sql) {
        return SqlText.isQuery(SqlText.Dialect.MYSQL, sql) && !SHOW.matcher(sql).lookingAt();
    }

    @Override
    public boolean hasStart() {
        return true;
    }

    @Override
    public void start() {
        NodeLock known = presence;
        if (known != null) {
            known.warm();
        }
    }

    @Override
    public void limit(SqlConnection connection, Scope scope) {
        if (limits.isOn()) {
            Optional<Duration> left = scope.remaining();
            MySqlWire.of(connection)
                    .session()
                    .limit(left.isPresent() ? StatementLimits.step(Nanos.of(left.get())) : StatementLimits.NONE);
        }
    }

    @Override
    public Future<Prepared> prepare(SqlConnection connection, String sql) {
        MySqlWire wire = MySqlWire.of(connection);
        NodeLock known = presence;
        return known == null
                ? prepare(connection, wire, sql, null, false)
                : known.settled()
                        .compose(settled -> prepare(connection, wire, sql, known, known.marks(wire.greeting())));
    }

    private Future<Prepared> prepare(
            SqlConnection connection, MySqlWire wire, String sql, @Nullable NodeLock known, boolean marked) {
        var answer = new PrepareAnswer();
        wire.await(answer);
        boolean looksBack = LOOKS_BACK.matcher(sql).find();
        return connection
                .prepare(marked ? mark.comment() + sql : NodeMark.unmarked(sql))
                .map(statement ->
                        new MySqlPrepared(settings().name(), wire, statement, answer, looksBack, known, marked));
    }

    @Override
    public Future<Void> cancel(SqlConnection connection) {
        SideLink open = link;
        return open == null
                ? Future.failedFuture(new IllegalStateException("the source is not open"))
                : open.kill(MySqlWire.of(connection).greeting());
    }

    @Override
    public List<String> begin(Optional<Isolation> isolation) {
        return isolation.map(level -> List.of(ISOLATION + level.sql(), BEGIN)).orElse(List.of(BEGIN));
    }

    @Override
    public MusterException unavailable(Throwable thrown) {
        return MySqlErrors.unavailable(settings, thrown);
    }

    @Override
    public MusterException failure(
            SqlConnection connection, Throwable thrown, List<? extends @Nullable Object> params) {
        return MySqlWire.of(connection)
                .whyEnded()
                .orElseGet(() -> MySqlErrors.statement(settings().name(), thrown, params));
    }

    @Override
    public boolean isStale(SqlConnection connection, Throwable thrown) {
        return MySqlErrors.isStale(thrown);
    }

    @Override
    public Future<Void> close() {
        NodeLock known = presence;
        if (known != null) {
            known.close();
        }
        SideLink beside = link;
        return beside == null ? Future.succeededFuture() : beside.close();
    }
}
