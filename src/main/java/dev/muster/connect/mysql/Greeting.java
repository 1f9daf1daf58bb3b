package dev.muster.connect.mysql;

import dev.muster.connect.mysql.StatementLimits.Variable;
import io.vertx.core.Future;
import io.vertx.mysqlclient.MySQLException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.Optional;

/**
 * The identity and limits of a new connection, from the first exchange after its login.
 *
 * @param id the connection id on the server, used to kill its query
 * @param maxPacketBytes the server's {@code max_allowed_packet}, in bytes
 * @param server identifies the server, in case one address leads to several
 * @param bounds the server variable that limits statement time; empty if statements are not limited
 * @param ownLimitMillis the limit the session began with, in milliseconds, or {@link StatementLimits#NONE}
 */
record Greeting(long id, long maxPacketBytes, String server, Optional<Variable> bounds, long ownLimitMillis) {
    private static final String TIME_ZONE = "set time_zone = '+00:00'";
    private static final String WHO =
            "select connection_id(), @@max_allowed_packet, concat_ws(':', @@hostname, @@port, @@server_id)";
    private static final int UNKNOWN_VARIABLE = 1193;

    /** Sets the session's time zone to UTC, for reading and writing instants, and queries the connection's identity. */
    static Future<Greeting> exchange(SqlConnection connection, StatementLimits limits) {
        return connection
                .query(TIME_ZONE)
                .execute()
                .compose(set -> ask(connection, limits.variable(connection.databaseMetadata()), limits));
    }

    private static Future<Greeting> ask(SqlConnection connection, Optional<Variable> bounds, StatementLimits limits) {
        String limit = bounds.map(variable -> ", " + variable.ofSession()).orElse("");
        return connection
                .query(WHO + limit)
                .execute()
                .map(rows -> {
                    Row row = rows.iterator().next();
                    return new Greeting(
                            row.getNumeric(0).longValue(),
                            row.getNumeric(1).longValue(),
                            row.getString(2),
                            bounds,
                            bounds.map(variable -> variable.millis(row.getNumeric(3)))
                                    .orElse(StatementLimits.NONE));
                })
                .recover(failure -> {
                    if (bounds.isPresent()
                            && failure instanceof MySQLException refused
                            && refused.getErrorCode() == UNKNOWN_VARIABLE) {
                        limits.refused("it does not know " + bounds.get().ofSession());
                        return ask(connection, Optional.empty(), limits);
                    }
                    return Future.failedFuture(failure);
                });
    }
}
