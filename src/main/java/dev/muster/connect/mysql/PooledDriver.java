package dev.muster.connect.mysql;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.spi.MySQLDriver;
import io.vertx.sqlclient.spi.ConnectionFactory;

/** The driver's pool over the connections of {@link Connecting}. Failures of these connections reach the caller of the pool. */
final class PooledDriver extends MySQLDriver {
    private final Connecting connecting;

    PooledDriver(Connecting connecting) {
        this.connecting = connecting;
    }

    @Override
    public ConnectionFactory<MySQLConnectOptions> createConnectionFactory(Vertx vertx, NetClientOptions transport) {
        return connecting;
    }
}
