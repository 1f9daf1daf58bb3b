package dev.muster.connect.mysql;

import dev.muster.connect.sql.Database;
import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.MySQLException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The side connection of a source, outside its pool, over which queries are killed and peers are watched. It is opened when first
 * needed and again after it was lost. Everything runs on its own loop, which other threads reach through {@link #execute}.
 */
final class SideLink {
    /** Maximum time for a response. A slower connection is dropped, and the next use opens a new one. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final String KILL = "kill query ";
    private static final int NO_SUCH_THREAD = 1094;

    private final Connecting connecting;
    private final MySQLConnectOptions options;
    private final ContextInternal context;
    private final Loop loop;
    private Consumer<SqlConnection> opened = connection -> {};
    private Runnable lost = () -> {};
    private @Nullable Future<SqlConnection> link;
    private boolean closed;

    SideLink(VertxInternal vertx, Connecting connecting, MySQLConnectOptions options) {
        this.connecting = connecting;
        this.options = options;
        this.context = vertx.createEventLoopContext();
        this.loop = Loop.of(context);
    }

    /** Sets the listeners for each new connection and for each lost one. Must be called before anything is opened. */
    void watch(Consumer<SqlConnection> onOpened, Runnable onLost) {
        opened = onOpened;
        lost = onLost;
    }

    Loop loop() {
        return loop;
    }

    /** Opens the connection early if it is not open. A failure is ignored, and the next use tries again. Safe on any thread. */
    void warm() {
        execute(() -> {
            if (!closed) {
                get();
            }
        });
    }

    /** Runs an action on the link's loop. Safe on any thread. */
    void execute(Runnable step) {
        context.runOnContext(go -> step.run());
    }

    boolean isClosed() {
        return closed;
    }

    /** The connection, opened first if necessary. */
    Future<SqlConnection> get() {
        if (closed) {
            return Future.failedFuture(new IllegalStateException("the source is closed"));
        }
        Future<SqlConnection> at = link;
        if (at == null) {
            Future<SqlConnection> opening = connecting.connect(context, options);
            link = at = opening;
            opening.onComplete((connection, failure) -> {
                if (failure != null) {
                    forget(opening);
                } else {
                    connection.closeHandler(gone -> gone(opening));
                    opened.accept(connection);
                }
            });
        }
        return at;
    }

    /** Executes a query; fails with a {@link TimeoutException} if there is no response within {@link #PATIENCE}. */
    Future<RowSet<Row>> ask(SqlConnection connection, String sql) {
        Promise<RowSet<Row>> answered = Promise.promise();
        Timer patience = loop.schedule(
                PATIENCE,
                () -> answered.tryFail(new TimeoutException("no response on the connection outside of the pool")));
        connection.query(sql).execute().onComplete((rows, failure) -> {
            patience.cancel();
            if (failure == null) {
                answered.tryComplete(rows);
            } else {
                answered.tryFail(failure);
            }
        });
        return answered.future();
    }

    /**
     * Ends the running query of a connection with {@code KILL QUERY}, because a pool that is busy with the queries to end could not
     * send it. Safe on any thread.
     *
     * @param victim the connection whose query to end
     * @return completes when the server has responded, after which the kill cannot hit a later query; fails if that is unknown
     */
    Future<Void> kill(Greeting victim) {
        Promise<Void> killed = Promise.promise();
        execute(() -> attempt(victim, true).onComplete(killed));
        return killed.future();
    }

    private Future<Void> attempt(Greeting victim, boolean again) {
        Future<SqlConnection> at = get();
        boolean fresh = !at.isComplete();
        return at.compose(connection -> send(connection, victim)).recover(failure -> {
            if (failure instanceof MySQLException answer) {
                // A connection that is gone has no running query.
                return answer.getErrorCode() == NO_SUCH_THREAD
                        ? Future.succeededFuture()
                        : Future.failedFuture(failure);
            }
            if (closed) {
                return Future.failedFuture(failure);
            }
            if (failure instanceof OtherServerException) {
                return elsewhere(victim);
            }
            drop(at);
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
        return connecting
                .connect(context, options)
                .compose(connection -> send(connection, victim).eventually(connection::close));
    }

    private Future<Void> send(SqlConnection connection, Greeting victim) {
        if (!MySqlWire.of(connection).greeting().server().equals(victim.server())) {
            // On another server, the id belongs to an unrelated connection.
            return Future.failedFuture(new OtherServerException(victim.server()));
        }
        return ask(connection, KILL + victim.id()).mapEmpty();
    }

    /** Drops a broken connection, so that the next use opens a new one. */
    private void drop(Future<SqlConnection> at) {
        at.onSuccess(SideLink::cut);
        gone(at);
    }

    /** Closes a connection without a goodbye message, because the server might not read it. */
    static void cut(SqlConnection connection) {
        var unused = Database.channelOf(connection).close();
    }

    private void gone(Future<SqlConnection> at) {
        if (forget(at) && at.succeeded() && !closed) {
            lost.run();
        }
    }

    private boolean forget(Future<SqlConnection> at) {
        boolean was = link == at;
        if (was) {
            link = null;
        }
        return was;
    }

    /**
     * Closes the connection. Does not wait for a connection that is being opened, and waits at most {@link #PATIENCE} for the
     * server to hang up. Safe on any thread.
     */
    Future<Void> close() {
        Promise<Void> done = Promise.promise();
        execute(() -> {
            closed = true;
            Future<SqlConnection> at = link;
            if (at != null && at.succeeded()) {
                SqlConnection open = at.result();
                Timer patience = loop.schedule(PATIENCE, () -> cut(open));
                open.close().onComplete(ended -> {
                    patience.cancel();
                    done.complete();
                });
            } else {
                connecting.close(done);
            }
        });
        return done.future();
    }

    /** Thrown if the source's address led to another server this time. */
    private static final class OtherServerException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        OtherServerException(String server) {
            super("the address leads to several servers, this time to another than " + server);
        }
    }
}
