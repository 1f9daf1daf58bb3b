package dev.muster.connect.mysql;

import dev.muster.connect.mysql.StatementLimits.Variable;
import io.vertx.core.Future;
import io.vertx.mysqlclient.MySQLException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.Optional;

/**
 * What a new connection is told, and what it tells of itself.
 *
 * @param id its number on the server, by which its query is killed
 * @param mostPacketBytes the largest packet that the server takes
 * @param server which server it is, where one address leads to several
 * @param bounds by what the server bounds statements, where the node has it do so
 * @param ownLimitMillis the bound that its session begins with, or {@link StatementLimits#NONE}
 */
record Greeting(long id, long mostPacketBytes, String server, Optional<Variable> bounds, long ownLimitMillis) {
    private static final String TIME_ZONE = "set time_zone = '+00:00'";
    private static final String WHO =
            "select connection_id(), @@max_allowed_packet, concat_ws(':', @@hostname, @@port, @@server_id)";
    private static final int UNKNOWN_VARIABLE = 1193;

    /** Sets the session's time zone to UTC, in which instants are then given and taken, and asks who it is. */
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
