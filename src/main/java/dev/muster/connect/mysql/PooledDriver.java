package dev.muster.connect.mysql;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.spi.MySQLDriver;
import io.vertx.sqlclient.spi.ConnectionFactory;

/** The driver's pool over connections of {@link Connecting}, whose failures then reach the one who asked. */
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
