package dev.muster.connect.postgres;

import dev.muster.connect.sql.SqlResource;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import java.util.function.Supplier;

/**
 * Detects a connection pooler between a connection and the server, and whether it shares a server session between connections.
 * PgBouncer does so in transaction and statement mode. A prepared statement of one connection can then belong to another.
 *
 * <p>A pooler announces its own cancel key instead of the server's process id. If the process that just responded to one connection
 * also serves another connection, while the first is still connected, the pooler shares sessions.
 */
public final class Pooler {
    private static final String PROCESS = SqlResource.text(Pooler.class, "process.sql");

    /** Other clients can come between the two queries; three attempts make that unlikely enough. */
    private static final int TRIES = 3;

    /** The kind of pooler. */
    public enum Kind {
        NONE,
        /** Each connection has its own server session. */
        OF_SESSIONS,
        /** Server sessions are shared. */
        OF_STATEMENTS
    }

    private Pooler() {}

    /**
     * Detects the pooler of a connection that is outside any transaction. Without a pooler this takes one round trip.
     *
     * @param another opens another connection to the same address, which is closed afterwards
     * @return fails if the server does not respond; the supplier of the other connection limits the time
     */
    public static Future<Kind> before(
            SqlConnection connection, Supplier<? extends Future<? extends SqlConnection>> another) {
        int announced = PgConnection.cast(connection).processId();
        return process(connection).compose(process -> {
            if (process == announced || process <= 0) {
                return Future.succeededFuture(Kind.NONE);
            }
            return another.get()
                    .compose(other -> isShared(connection, other, process, TRIES)
                            .transform((shared, failure) -> other.close()
                                    .otherwiseEmpty()
                                    .compose(closed -> failure == null
                                            ? Future.succeededFuture(shared)
                                            : Future.failedFuture(failure))))
                    .map(shared -> shared ? Kind.OF_STATEMENTS : Kind.OF_SESSIONS)
                    // The other connection can wait for a slot because the pooler has assigned all server
                    // sessions. Such a pooler keeps sessions private.
                    .otherwise(Kind.OF_SESSIONS);
        });
    }

    private static Future<Boolean> isShared(SqlConnection first, SqlConnection other, int process, int tries) {
        return process(other)
                .compose(others -> process(first).compose(again -> {
                    if (others == process || others.equals(again) || again != process) {
                        return Future.succeededFuture(true);
                    }
                    return tries > 1 ? isShared(first, other, again, tries - 1) : Future.succeededFuture(false);
                }));
    }

    private static Future<Integer> process(SqlConnection connection) {
        return connection.query(PROCESS).execute().map(Pooler::number);
    }

    private static int number(RowSet<Row> rows) {
        Object value = rows.iterator().next().getValue(0);
        return Integer.parseInt(String.valueOf(value));
    }
}
