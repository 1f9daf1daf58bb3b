package dev.muster.dev;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.MySQLConnection;
import io.vertx.mysqlclient.MySQLException;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.SqlConnection;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** A blocking connection to a Postgres or MySQL server for its setup. For one thread, never an event loop. */
final class SqlLink implements AutoCloseable {
    private static final long MAX_CONNECT_SECONDS = 10;
    private static final long MAX_CLOSE_SECONDS = 2;
    private static final long MAX_STATEMENT_SECONDS = 300;
    private static final String DUPLICATE_DATABASE = "42P04";
    private static final int DATABASE_EXISTS = 1007;

    private final SqlConnection connection;

    private SqlLink(SqlConnection connection) {
        this.connection = connection;
    }

    /** Whether this is the address of a Postgres server. */
    static boolean isPostgres(String uri) {
        return uri.startsWith("postgres");
    }

    static SqlLink connect(Vertx vertx, String uri) throws InterruptedException {
        Future<? extends SqlConnection> connecting = isPostgres(uri)
                ? PgConnection.connect(vertx, PgConnectOptions.fromUri(uri))
                : MySQLConnection.connect(vertx, MySQLConnectOptions.fromUri(uri));
        try {
            return new SqlLink(EmbeddedServices.await(connecting, MAX_CONNECT_SECONDS));
        } catch (ExecutionException | TimeoutException e) {
            throw failure("cannot connect to set it up", e);
        }
    }

    /** Runs SQL text. The cause of an {@link ExecutionException} is the database's own error. */
    void run(String sql) throws ExecutionException, InterruptedException {
        try {
            EmbeddedServices.await(connection.query(sql).execute(), MAX_STATEMENT_SECONDS);
        } catch (TimeoutException e) {
            throw failure("a statement takes longer than " + MAX_STATEMENT_SECONDS + " s", e);
        }
    }

    /** Creates a database over a connection to another one; returns false if it exists already. */
    static boolean create(Vertx vertx, String uri, String database) throws InterruptedException {
        try (SqlLink link = connect(vertx, uri)) {
            link.run("create database " + quoted(uri, database));
            return true;
        } catch (ExecutionException e) {
            if (exists(Objects.requireNonNull(e.getCause()))) {
                return false;
            }
            throw failure("the database " + database + " cannot be made", e);
        }
    }

    /** Removes a database over a connection to another one, if it exists. */
    static void drop(Vertx vertx, String uri, String database) throws InterruptedException {
        try (SqlLink link = connect(vertx, uri)) {
            link.run("drop database if exists " + quoted(uri, database) + (isPostgres(uri) ? " with (force)" : ""));
        } catch (ExecutionException e) {
            throw failure("the database " + database + " cannot be removed", e);
        }
    }

    /** Closes the connection and waits at most 2 s for the server. */
    @Override
    public void close() {
        try {
            EmbeddedServices.await(connection.close(), MAX_CLOSE_SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // Nothing more can be done.
            return;
        }
    }

    private static boolean exists(Throwable failure) {
        return failure instanceof PgException pg && DUPLICATE_DATABASE.equals(pg.getSqlState())
                || failure instanceof MySQLException my && my.getErrorCode() == DATABASE_EXISTS;
    }

    private static String quoted(String uri, String name) {
        return isPostgres(uri) ? '"' + name.replace("\"", "\"\"") + '"' : '`' + name.replace("`", "``") + '`';
    }

    private static MusterException failure(String what, Exception e) {
        Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
        return new MusterException(ErrorType.UNAVAILABLE, what + ": " + cause.getMessage(), cause);
    }
}
