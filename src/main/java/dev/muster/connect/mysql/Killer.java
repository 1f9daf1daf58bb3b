package dev.muster.connect.mysql;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.MySQLException;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The one connection beside the pool that ends queries by {@code KILL QUERY}: a pool that is busy with what is to be ended
 * could not send it. It is opened with the pool's first, as a server that is out of connections would refuse it later, and
 * again when it is lost. Safe on every thread; everything happens on one loop of its own.
 */
final class Killer {
    private static final String KILL = "kill query ";
    private static final int NO_SUCH_THREAD = 1094;

    /** A link that takes longer for an answer is given up: whoever comes next gets a new one. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Connecting connecting;
    private final MySQLConnectOptions options;
    private final ContextInternal context;
    private final Loop loop;
    private @Nullable Future<SqlConnection> link;
    private boolean closed;

    Killer(VertxInternal vertx, Connecting connecting, MySQLConnectOptions options) {
        this.connecting = connecting;
        this.options = options;
        this.context = vertx.createEventLoopContext();
        this.loop = Loop.of(context);
    }

    /** Opens the link, if it is not; whoever needs it learns what becomes of that. */
    void warm() {
        context.runOnContext(go -> {
            if (!closed) {
                link();
            }
        });
    }

    /**
     * Ends the query of a connection.
     *
     * @return done when the server has answered, from when on it cannot hit a later query; failed if that is not known
     */
    Future<Void> kill(Greeting victim) {
        Promise<Void> killed = Promise.promise();
        context.runOnContext(go -> attempt(victim, true).onComplete(killed));
        return killed.future();
    }

    private Future<Void> attempt(Greeting victim, boolean again) {
        if (closed) {
            return Future.failedFuture(new IllegalStateException("the source is closed"));
        }
        Future<SqlConnection> at = link();
        boolean fresh = !at.isComplete();
        return at.compose(connection -> send(connection, victim)).recover(failure -> {
            if (failure instanceof MySQLException answer) {
                // Whose connection is gone has no query any more.
                return answer.getErrorCode() == NO_SUCH_THREAD
                        ? Future.succeededFuture()
                        : Future.failedFuture(failure);
            }
            drop(at);
            return again && !fresh && !(failure instanceof TimeoutException)
                    ? attempt(victim, false)
                    : Future.failedFuture(failure);
        });
    }

    private Future<Void> send(SqlConnection connection, Greeting victim) {
        if (!MySqlWire.of(connection).greeting().server().equals(victim.server())) {
            // The number means another connection there, of somebody else.
            return Future.failedFuture(new OtherServerException(victim.server()));
        }
        Promise<Void> answered = Promise.promise();
        Timer patience = loop.schedule(PATIENCE, () -> answered.tryFail(new TimeoutException("no answer to a kill")));
        connection.query(KILL + victim.id()).execute().onComplete((rows, failure) -> {
            patience.cancel();
            if (failure == null) {
                answered.tryComplete();
            } else {
                answered.tryFail(failure);
            }
        });
        return answered.future();
    }

    private Future<SqlConnection> link() {
        Future<SqlConnection> at = link;
        if (at == null) {
            Future<SqlConnection> opening = connecting.connect(context, options);
            opening.onSuccess(connection -> connection.closeHandler(gone -> forget(opening)))
                    .onFailure(failure -> forget(opening));
            link = at = opening;
        }
        return at;
    }

    private void forget(Future<SqlConnection> at) {
        if (link == at) {
            link = null;
        }
    }

    private void drop(Future<SqlConnection> at) {
        forget(at);
        at.onSuccess(connection -> {
            var unused = MySqlWire.channelOf(connection).close();
        });
    }

    /** Closes the link; one that is just being opened is not waited for. */
    Future<Void> close() {
        Promise<Void> done = Promise.promise();
        context.runOnContext(go -> {
            closed = true;
            Future<SqlConnection> at = link;
            if (at != null && at.succeeded()) {
                at.result().close().onComplete(ended -> done.complete());
            } else {
                connecting.close(done);
            }
        });
        return done.future();
    }

    /** Says that the address of the source led to another server this time. */
    static final class OtherServerException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        OtherServerException(String server) {
            super("the address leads to several servers, this time not to " + server);
        }
    }
}
