package dev.muster.connect.mysql;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;

/**
 * What a new connection is told, and what it tells of itself.
 *
 * @param id its number on the server, by which its query is killed
 * @param mostPacketBytes the largest packet that the server takes
 * @param server which server it is, where one address leads to several
 */
record Greeting(long id, long mostPacketBytes, String server) {
    private static final String TIME_ZONE = "set time_zone = '+00:00'";
    private static final String WHO =
            "select connection_id(), @@max_allowed_packet, concat_ws(':', @@hostname, @@port, @@server_id)";

    /** Sets the session's time zone to UTC, in which instants are then given and taken, and asks who it is. */
    static Future<Greeting> exchange(SqlConnection connection) {
        return connection
                .query(TIME_ZONE)
                .execute()
                .compose(set -> connection.query(WHO).execute())
                .map(rows -> {
                    Row row = rows.iterator().next();
                    return new Greeting(
                            row.getNumeric(0).longValue(), row.getNumeric(1).longValue(), row.getString(2));
                });
    }
}
