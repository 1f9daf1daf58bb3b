package dev.muster.connect.mysql;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.mysqlclient.MySQLException;
import io.vertx.sqlclient.SqlConnection;
import java.util.concurrent.TimeoutException;

/**
 * Ends queries with {@code KILL QUERY} over the side connection, because a pool that is busy with the queries to end could not send
 * it. Safe on any thread; all work runs on the loop of the side connection.
 */
final class Killer {
    private static final String KILL = "kill query ";
    private static final int NO_SUCH_THREAD = 1094;

    private final SideLink link;

    Killer(SideLink link) {
        this.link = link;
    }

    /**
     * Ends the running query of a connection.
     *
     * @param victim the connection whose query to end
     * @return completes when the server has responded, after which the kill cannot hit a later query; fails if that is unknown
     */
    Future<Void> kill(Greeting victim) {
        Promise<Void> killed = Promise.promise();
        link.execute(() -> attempt(victim, true).onComplete(killed));
        return killed.future();
    }

    private Future<Void> attempt(Greeting victim, boolean again) {
        Future<SqlConnection> at = link.get();
        boolean fresh = !at.isComplete();
        return at.compose(connection -> send(connection, victim)).recover(failure -> {
            if (failure instanceof MySQLException answer) {
                // A connection that is gone has no running query.
                return answer.getErrorCode() == NO_SUCH_THREAD
                        ? Future.succeededFuture()
                        : Future.failedFuture(failure);
            }
            if (link.isClosed()) {
                return Future.failedFuture(failure);
            }
            if (failure instanceof OtherServerException) {
                return elsewhere(victim);
            }
            link.drop(at);
            return again && !fresh && !(failure instanceof TimeoutException)
                    ? attempt(victim, false)
                    : Future.failedFuture(failure);
        });
    }

    /**
     * Kills over a new temporary connection, which can lead to the right server. The side connection stays open, because it holds
     * the lock that peers check.
     */
    private Future<Void> elsewhere(Greeting victim) {
        return link.another().compose(connection -> send(connection, victim).eventually(connection::close));
    }

    private Future<Void> send(SqlConnection connection, Greeting victim) {
        if (!MySqlWire.of(connection).greeting().server().equals(victim.server())) {
            // On another server, the id belongs to an unrelated connection.
            return Future.failedFuture(new OtherServerException(victim.server()));
        }
        return link.ask(connection, KILL + victim.id()).mapEmpty();
    }

    /** Thrown if the source's address led to another server this time. */
    static final class OtherServerException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        OtherServerException(String server) {
            super("the address leads to several servers, this time to another than " + server);
        }
    }
}
