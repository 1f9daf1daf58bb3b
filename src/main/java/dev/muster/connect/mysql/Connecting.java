package dev.muster.connect.mysql;

import dev.muster.connect.sql.Database;
import dev.muster.connect.sql.SqlSettings;
import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import io.netty.channel.Channel;
import io.vertx.core.Completable;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.NetClientOptions;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.impl.MySQLConnectionImpl;
import io.vertx.mysqlclient.spi.MySQLDriver;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.impl.ConnectionFactoryBase;
import io.vertx.sqlclient.spi.ConnectionFactory;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection factory of a source. Its connections are ready for use: logged in, initialized by a {@link Greeting}, with a
 * {@link MySqlWire} in the pipeline, all within one time limit. Safe on any thread.
 *
 * <p>Each connection has its own client, because closing the client is the only way to end a login that the server does not answer.
 */
final class Connecting implements ConnectionFactory<MySQLConnectOptions> {
    private static final Logger LOG = LoggerFactory.getLogger(Connecting.class);

    private final VertxInternal vertx;
    private final SqlSettings settings;
    private final StatementLimits limits;
    private final Runnable connected;
    private final Set<Login> open = ConcurrentHashMap.newKeySet();

    /**
     * Creates the factory of a source.
     *
     * @param limits what is known about the server's statement limits, shared by all connections of the source
     * @param connected called after each successful connect
     */
    Connecting(VertxInternal vertx, SqlSettings settings, StatementLimits limits, Runnable connected) {
        this.vertx = vertx;
        this.settings = settings;
        this.limits = limits;
        this.connected = connected;
    }

    /** The driver's pool over the connections of this factory. Their failures reach the caller of the pool. */
    Pool pool(MySQLConnectOptions options, PoolOptions pool) {
        var driver = new MySQLDriver() {
            @Override
            public ConnectionFactory<MySQLConnectOptions> createConnectionFactory(
                    Vertx ofPool, NetClientOptions transport) {
                return Connecting.this;
            }
        };
        return driver.createPool(vertx, () -> Future.succeededFuture(options), pool, new NetClientOptions(), null);
    }

    @Override
    public Future<SqlConnection> connect(Context context, MySQLConnectOptions options) {
        Duration limit = settings.connectTimeout();
        var transport = new NetClientOptions().setConnectTimeout(settings.connectTimeoutMillis());
        var client = new Login(vertx, transport, settings, limits);
        open.add(client);
        Promise<SqlConnection> end = ((ContextInternal) context).promise();
        Loop loop = Loop.of(context);
        context.runOnContext(begin -> {
            Timer timer = loop.schedule(limit, () -> {
                end.tryFail(new TimeoutException("no login"));
                close(client);
            });
            login((ContextInternal) context, client, options)
                    .compose(this::greet)
                    .onComplete((connection, failure) -> {
                        timer.cancel();
                        if (failure != null) {
                            end.tryFail(
                                    client.whyEnded().<Throwable>map(why -> why).orElse(failure));
                            close(client);
                        } else if (end.tryComplete(connection)) {
                            Channel channel = Database.channelOf(connection);
                            channel.closeFuture().addListener(gone -> close(client));
                            connected.run();
                        }
                    });
        });
        return end.future();
    }

    private static Future<SqlConnection> login(ContextInternal context, Login client, MySQLConnectOptions options) {
        ContextInternal own = ConnectionFactoryBase.asEventLoopContext(context);
        // The driver throws after a failed TLS handshake; the failure of the login has been reported by then.
        own.exceptionHandler(stumbled -> LOG.debug("the driver failed", stumbled));
        return client.connect(own, options).map(physical -> {
            var connection = new MySQLConnectionImpl(context, client, physical);
            physical.init(connection);
            return connection;
        });
    }

    private Future<SqlConnection> greet(SqlConnection connection) {
        connection.exceptionHandler(broken -> {});
        MySqlWire.of(connection).loggedIn();
        return Greeting.exchange(connection, limits).map(greeting -> {
            MySqlWire.of(connection).greeted(greeting);
            return connection;
        });
    }

    private void close(Login client) {
        open.remove(client);
        client.close(Promise.promise());
    }

    /** Closes all connections that are still open. */
    @Override
    public void close(Completable<Void> closed) {
        Set.copyOf(open).forEach(this::close);
        closed.succeed();
    }
}
