package dev.muster.connect.postgres;

import dev.muster.connect.sql.Database;
import dev.muster.connect.sql.Isolation;
import dev.muster.connect.sql.Prepared;
import dev.muster.connect.sql.SqlSettings;
import dev.muster.plan.MusterException;
import io.netty.channel.ChannelPipeline;
import io.netty.util.AttributeKey;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import io.vertx.sqlclient.impl.PreparedStatementBase;
import io.vertx.sqlclient.impl.SocketConnectionBase;
import io.vertx.sqlclient.internal.PreparedStatement;
import io.vertx.sqlclient.internal.SqlConnectionBase;
import io.vertx.sqlclient.internal.SqlConnectionInternal;
import io.vertx.sqlclient.internal.command.PrepareStatementCommand;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A source that is a Postgres. */
final class PostgresDatabase implements Database {
    private static final Logger LOG = LoggerFactory.getLogger("dev.muster.connect.postgres");

    /** Longer than anybody waits for a cancel. */
    private static final Duration CANCEL_IDLE = Duration.ofSeconds(5);

    private static final String IDLE = "idle";
    private static final AttributeKey<PgWire> WIRE = AttributeKey.valueOf(PgWire.class, "wire");

    private final PostgresSettings settings;
    private final PgErrors failures;
    private final PgTypes types = new PgTypes();
    private volatile @Nullable NetClient cancels;

    PostgresDatabase(PostgresSettings settings) {
        this.settings = settings;
        this.failures = new PgErrors(settings);
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
                .with(new PoolOptions()
                        .setMaxSize(common.pool())
                        .setIdleTimeout((int) Math.min(common.idleTimeout().toMillis(), Integer.MAX_VALUE))
                        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                        .setName("postgres " + common.name()))
                .with(transport())
                .connectingTo(settings.connect())
                .withConnectHandler(this::connected)
                .using(vertx)
                .build();
    }

    /** A server that accepts and then says nothing is given up after the time to connect, step by step. */
    private NetClientOptions transport() {
        int millis = (int) Math.min(settings.common().connectTimeout().toMillis(), Integer.MAX_VALUE);
        return new NetClientOptions()
                .setConnectTimeout(millis)
                .setTcpKeepAlive(true)
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setReadIdleTimeout(millis);
    }

    /** Once logged in a connection may be silent for long, and is read along with. */
    @SuppressWarnings("FutureReturnValueIgnored") // closing it here gives it to the pool
    private void connected(SqlConnection connection) {
        ChannelPipeline pipeline = pipeline(connection);
        if (pipeline.get(IDLE) != null) {
            pipeline.remove(IDLE);
        }
        var wire = new PgWire(settings.common().maxResponse());
        pipeline.addBefore("codec", PgWire.NAME, wire);
        pipeline.channel().attr(WIRE).set(wire);
        connection.close();
    }

    @Override
    public void lend(SqlConnection connection, Consumer<MusterException> rowLost) {
        wire(connection).onRowTooLarge(() -> rowLost.accept(settings.common().rowTooLarge()));
        connection.exceptionHandler(
                broken -> LOG.debug("{}: {}", settings.common().name(), broken.toString()));
        PgConnection.cast(connection)
                .noticeHandler(notice -> LOG.debug("{}: {}", settings.common().name(), notice.getMessage()));
    }

    @Override
    public boolean isIdle(SqlConnection connection) {
        return wire(connection).isIdle();
    }

    @Override
    public Future<Prepared> prepare(SqlConnection connection, String sql) {
        return described(connection, sql).compose(statement -> {
            PgWire wire = wire(connection);
            Described described = wire.described();
            return types.learn(typesOf(described), oids -> ask(connection, oids))
                    .map(learned -> new PgPrepared(
                            settings.common().name(), driven(connection, statement), described, types, wire));
        });
    }

    /** Not by {@link SqlConnection#prepare}, which hides some errors until the statement is run. */
    private static Future<PreparedStatement> described(SqlConnection connection, String sql) {
        Promise<PreparedStatement> prepared = Promise.promise();
        ((SqlConnectionBase<?>) connection).schedule(new PrepareStatementCommand(sql, null, true), prepared);
        return prepared.future();
    }

    private static io.vertx.sqlclient.PreparedStatement driven(SqlConnection connection, PreparedStatement statement) {
        var internal = (SqlConnectionInternal) connection;
        var context = (ContextInternal) physical(connection).context();
        return PreparedStatementBase.create(internal.unwrap(), context, statement, true);
    }

    private static Set<Integer> typesOf(Described described) {
        Set<Integer> oids = new HashSet<>();
        for (int oid : described.parameters()) {
            oids.add(oid);
        }
        if (described.columns() != null) {
            described.columns().forEach(column -> oids.add(column.type()));
        }
        return oids;
    }

    private static Future<RowSet<Row>> ask(SqlConnection connection, List<Long> oids) {
        return described(connection, PgTypes.lookUp()).compose(statement -> {
            io.vertx.sqlclient.PreparedStatement driven = driven(connection, statement);
            String list = PgArray.format(oids, ',', Object::toString);
            return driven.query()
                    .execute(Tuple.of(list))
                    .compose(rows -> driven.close().map(closed -> rows));
        });
    }

    @Override
    public Future<Void> cancel(SqlConnection connection) {
        NetClient client = Objects.requireNonNull(cancels);
        PgConnection asked = PgConnection.cast(connection);
        return CancelRequest.send(client, settings.connect(), connection.isSSL(), asked.processId(), asked.secretKey());
    }

    @Override
    public List<String> begin(Optional<Isolation> isolation) {
        return List.of("begin"
                + isolation
                        .map(level -> " isolation level " + level.sql().toLowerCase(Locale.ROOT))
                        .orElse(""));
    }

    @Override
    public MusterException unavailable(Throwable thrown) {
        return failures.connecting(thrown, settings.common().connectTimeout());
    }

    @Override
    public MusterException failure(Throwable thrown, List<? extends @Nullable Object> params) {
        return failures.running(thrown, params);
    }

    @Override
    public Future<Void> close() {
        NetClient open = cancels;
        return open == null ? Future.succeededFuture() : open.close();
    }

    @Override
    public boolean isStale(Throwable thrown) {
        return PgErrors.isStale(thrown);
    }

    /** Kept beside the pipeline, which is empty once the connection is closed. */
    private static PgWire wire(SqlConnection connection) {
        return Objects.requireNonNull(pipeline(connection).channel().attr(WIRE).get(), "a connection of another pool");
    }

    private static ChannelPipeline pipeline(SqlConnection connection) {
        return physical(connection).socket().channelHandlerContext().pipeline();
    }

    private static SocketConnectionBase physical(SqlConnection connection) {
        return (SocketConnectionBase)
                ((SqlConnectionInternal) connection).unwrap().unwrap();
    }
}
