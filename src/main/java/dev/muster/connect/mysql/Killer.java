package dev.muster.connect.mysql;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.mysqlclient.MySQLException;
import io.vertx.sqlclient.SqlConnection;
import java.util.concurrent.TimeoutException;

/**
 * Ends queries by {@code KILL QUERY} on the connection beside the pool: a pool that is busy with what is to be ended could not
 * send it. Safe on every thread; everything happens on the loop of that connection.
 */
final class Killer {
    private static final String KILL = "kill query ";
    private static final int NO_SUCH_THREAD = 1094;

    private final SideLink link;

    Killer(SideLink link) {
        this.link = link;
    }

    /**
     * Ends the query of a connection.
     *
     * @return done when the server has answered, from when on it cannot hit a later query; failed if that is not known
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
                // Whose connection is gone has no query any more.
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

    /** By a connection for this once, as the other one holds what peers look at: the address may lead to the right server. */
    private Future<Void> elsewhere(Greeting victim) {
        return link.another().compose(connection -> send(connection, victim).eventually(connection::close));
    }

    private Future<Void> send(SqlConnection connection, Greeting victim) {
        if (!MySqlWire.of(connection).greeting().server().equals(victim.server())) {
            // The number means another connection there, of somebody else.
            return Future.failedFuture(new OtherServerException(victim.server()));
        }
        return link.ask(connection, KILL + victim.id()).mapEmpty();
    }

    /** Says that the address of the source led to another server this time. */
    static final class OtherServerException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        OtherServerException(String server) {
            super("the address leads to several servers, this time not to " + server);
        }
    }
}
