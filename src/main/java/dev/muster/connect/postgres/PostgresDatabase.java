package dev.muster.connect.postgres;

import dev.muster.config.SourceConfig;
import dev.muster.connect.Connector;
import dev.muster.connect.SourceKind;
import dev.muster.connect.postgres.PgNotes.Described;
import dev.muster.connect.sql.Database;
import dev.muster.connect.sql.Prepared;
import dev.muster.connect.sql.QueryFile;
import dev.muster.connect.sql.SqlConnector;
import dev.muster.connect.sql.SqlResource;
import dev.muster.connect.sql.SqlSettings;
import dev.muster.connect.sql.SqlText;
import dev.muster.plan.MusterException;
import io.netty.channel.ChannelPipeline;
import io.netty.util.AttributeKey;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnectOptions;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The driver of a Postgres source. Safe on any thread. */
public final class PostgresDatabase implements Database {
    /** The kind of these sources. */
    public static final SourceKind KIND = new SourceKind(PostgresSettings.KIND, PostgresDatabase::open);

    private static final Logger LOG = LoggerFactory.getLogger("dev.muster.connect.postgres");

    /** Longer than any wait for a cancel. */
    private static final Duration CANCEL_IDLE = Duration.ofSeconds(5);

    private static final String SESSION = SqlResource.text(PostgresDatabase.class, "session.sql");
    private static final String IDLE = "idle";
    private static final AttributeKey<PgWire> WIRE = AttributeKey.valueOf(PgWire.class, "wire");

    private final PostgresSettings settings;
    private final Duration longest;
    private final PgErrors failures;
    private volatile @Nullable NetClient cancels;

    private PostgresDatabase(PostgresSettings settings, Duration longest) {
        this.settings = settings;
        this.longest = longest;
        this.failures = new PgErrors(settings);
    }

    private static SqlConnector open(List<SourceConfig> sources, SourceKind.Context context) {
        return connector(
                context.vertx(),
                sources.stream()
                        .map(source -> PostgresSettings.read(
                                source.name(),
                                context.fields(source),
                                QueryFile.read(context.conf(), source.name(), context.problems())))
                        .toList(),
                source -> source.common().adhoc() ? context.longestAdhocRun() : context.longestRun());
    }

    /** The settings of the Postgres sources of a connector, by name; empty for a connector of another kind. */
    public static Map<String, PostgresSettings> settings(Connector connector) {
        var settings = new LinkedHashMap<String, PostgresSettings>();
        if (connector instanceof SqlConnector sql) {
            for (Database database : sql.databases()) {
                if (database instanceof PostgresDatabase postgres) {
                    settings.put(database.settings().name(), postgres.settings);
                }
            }
        }
        return settings;
    }

    /**
     * Creates the connector of the verb {@code postgres} for these sources. Nothing is opened yet.
     *
     * @param longest the longest possible run that uses a source; no statement of the source needs more time
     */
    public static SqlConnector connector(
            Vertx vertx, Collection<PostgresSettings> sources, Function<PostgresSettings, Duration> longest) {
        return new SqlConnector(
                PostgresSettings.KIND,
                "Runs a statement in a Postgres database.",
                SqlResource.text(PostgresDatabase.class, "example.yaml"),
                SqlText.Dialect.POSTGRES,
                vertx,
                sources.stream()
                        .map(source -> new PostgresDatabase(source, longest.apply(source)))
                        .toList());
    }

    @Override
    public SqlSettings settings() {
        return settings.common();
    }

    @Override
    public String address() {
        return settings.address();
    }

    @Override
    public Pool open(Vertx vertx) {
        cancels = vertx.createNetClient(transport().setReadIdleTimeout((int) CANCEL_IDLE.toMillis()));
        SqlSettings common = settings.common();
        return PgBuilder.pool()
                .with(common.poolOptions().setName("postgres " + common.name()))
                .with(transport())
                .connectingTo(this::options)
                .withConnectHandler(connection -> connected(vertx, connection))
                .using(vertx)
                .build();
    }

    @Override
    public Future<SqlConnection> connection(Pool pool) {
        return settings.start().login(pool::getConnection);
    }

    private Future<SqlConnectOptions> options() {
        return Future.succeededFuture(settings.start().options(settings.connect(), longest));
    }

    /** Socket options. The connect timeout also limits each silence of the server during the login. */
    private NetClientOptions transport() {
        int millis = settings.common().connectTimeoutMillis();
        return new NetClientOptions()
                .setConnectTimeout(millis)
                .setTcpKeepAlive(true)
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setReadIdleTimeout(millis);
    }

    /**
     * Sets up a new connection after its login: adds the {@link PgWire}, checks for a pooler, and removes the idle timeout, because
     * later silence is normal.
     */
    @SuppressWarnings("FutureReturnValueIgnored") // closing it here returns it to the pool
    private void connected(Vertx vertx, SqlConnection connection) {
        ChannelPipeline pipeline = Database.channelOf(connection).pipeline();
        PgSocket.watch(pipeline.channel());
        PgWire wire = PgWire.into(pipeline, settings.common().maxResponse());
        pipeline.channel().attr(WIRE).set(wire);
        var others = new AtomicReference<@Nullable Pool>();
        Pooler.before(connection, () -> {
                    Pool opened = other(vertx);
                    others.set(opened);
                    return opened.getConnection();
                })
                .compose(kind -> {
                    wire.notes().isShared(kind == Pooler.Kind.OF_STATEMENTS);
                    return kind == Pooler.Kind.OF_SESSIONS ? settings(connection) : Future.succeededFuture();
                })
                .onFailure(wire.notes()::unfit)
                .onComplete(known -> {
                    Pool opened = others.get();
                    if (opened != null) {
                        opened.close();
                    }
                    if (pipeline.get(IDLE) != null) {
                        pipeline.remove(IDLE);
                    }
                    connection.close();
                });
    }

    /** A pool for one connection beside the pool of the source. */
    private Pool other(Vertx vertx) {
        return PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(1))
                .with(transport())
                .connectingTo(this::options)
                .using(vertx)
                .build();
    }

    /**
     * Sets the session settings behind a pooler. Settings that values depend on are required. Settings that end statements of a
     * dead node are applied if the server knows them.
     */
    private Future<?> settings(SqlConnection connection) {
        return set(connection, PgAddress.SESSION)
                .compose(
                        set -> set(connection, settings.start().wanted(longest)).otherwiseEmpty());
    }

    private static Future<@Nullable Void> set(SqlConnection connection, Map<String, String> settings) {
        List<String> names = List.copyOf(settings.keySet());
        List<String> values = names.stream().map(settings::get).toList();
        return PgStatements.ask(connection, SESSION, Tuple.of(PgStatements.array(names), PgStatements.array(values)))
                .mapEmpty();
    }

    @Override
    public void lend(SqlConnection connection, Consumer<MusterException> rowLost) {
        wire(connection)
                .onLost(() -> rowLost.accept(settings.common().rowTooLarge()), () -> rowLost.accept(failures.noCopy()));
        connection.exceptionHandler(
                broken -> LOG.debug("{}: {}", settings.common().name(), broken.toString()));
        PgConnection.cast(connection)
                .noticeHandler(notice -> LOG.debug("{}: {}", settings.common().name(), notice.getMessage()));
    }

    @Override
    public boolean isIdle(SqlConnection connection) {
        return wire(connection).notes().isIdle();
    }

    @Override
    public Future<Prepared> prepare(SqlConnection connection, String sql) {
        if (wire(connection).notes().isShared()) {
            return Future.failedFuture(failures.pooler());
        }
        Throwable unfit = wire(connection).notes().unfit();
        if (unfit != null) {
            return Future.failedFuture(unavailable(unfit));
        }
        return PgStatements.described(connection, sql).compose(statement -> {
            PgWire wire = wire(connection);
            Described described = wire.notes().described();
            PgTypes types = wire.types();
            return types.learn(connection, described.types())
                    .map(learned -> new PgPrepared(
                            settings.common().name(),
                            PgStatements.driven(connection, statement),
                            described,
                            types,
                            wire.notes()));
        });
    }

    @Override
    public Future<Void> cancel(SqlConnection connection) {
        NetClient client = Objects.requireNonNull(cancels);
        PgConnection target = PgConnection.cast(connection);
        return CancelRequest.send(
                client, settings.connect(), connection.isSSL(), target.processId(), target.secretKey());
    }

    @Override
    public List<String> begin(Optional<Isolation> isolation) {
        return List.of("begin"
                + isolation.map(level -> " isolation level " + level.sql()).orElse(""));
    }

    @Override
    public MusterException unavailable(Throwable thrown) {
        return failures.connecting(thrown, settings.common().connectTimeout());
    }

    @Override
    public MusterException failure(
            SqlConnection connection, Throwable thrown, List<? extends @Nullable Object> params) {
        PgException end = wire(connection).notes().end();
        return failures.running(end != null && PgErrors.isLost(thrown) ? end : thrown, params);
    }

    @Override
    public boolean isTrouble(Throwable thrown) {
        return thrown instanceof PgException rejected && SqlState.isForAll(rejected);
    }

    @Override
    public Future<Void> close() {
        NetClient open = cancels;
        return open == null ? Future.succeededFuture() : open.close();
    }

    /** A statement is analyzed again when it is bound, before any of it is executed. */
    @Override
    public boolean isStale(SqlConnection connection, Throwable thrown) {
        return thrown instanceof PgException rejected
                && (SqlState.isStale(rejected)
                        || SqlState.mayBeStale(rejected)
                                && wire(connection).notes().failedBeforeBound());
    }

    /** The wire is attached to the channel, because the pipeline is empty once the connection is closed. */
    private static PgWire wire(SqlConnection connection) {
        return Objects.requireNonNull(Database.channelOf(connection).attr(WIRE).get(), "a connection of another pool");
    }
}
