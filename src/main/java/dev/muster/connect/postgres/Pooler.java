package dev.muster.connect.postgres;

import dev.muster.connect.sql.SqlResource;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import java.util.function.Supplier;

/**
 * Whether something stands between a connection and the server, and whether it gives one session of the server to several
 * connections. PgBouncer does by transactions or by statements: a prepared statement of one connection may then be another's.
 *
 * <p>A pooler has a key of its own for a connection, where the server's would say the process. One that gives the process
 * which has just answered to somebody else, while the first is still connected, does not keep sessions apart.
 */
public final class Pooler {
    private static final String PROCESS = SqlResource.text(Pooler.class, "process.sql");

    /** Others may come between the two questions; a pooler that is busy with them cannot hide three times. */
    private static final int TRIES = 3;

    /** What stands there. */
    public enum Kind {
        NONE,
        /** Each connection has a session of the server for itself. */
        OF_SESSIONS,
        /** A session of the server is shared. */
        OF_STATEMENTS
    }

    private Pooler() {}

    /**
     * What stands between a connection, outside of any transaction, and its server. One round trip where there is nothing.
     *
     * @param another opens one more connection, to the same place; it is closed
     * @return fails if the server does not answer; whoever opens the other one bounds the time
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
                    // The other one may wait for a place at a pooler that has given all of them away: it keeps sessions
                    // apart.
                    .otherwise(Kind.OF_SESSIONS);
        });
    }

    private static Future<Boolean> isShared(SqlConnection one, SqlConnection other, int process, int tries) {
        return process(other)
                .compose(others -> process(one).compose(again -> {
                    if (others == process || others.equals(again) || again != process) {
                        return Future.succeededFuture(true);
                    }
                    return tries > 1 ? isShared(one, other, again, tries - 1) : Future.succeededFuture(false);
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
