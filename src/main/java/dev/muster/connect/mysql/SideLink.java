package dev.muster.connect.mysql;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one connection of a source beside its pool, opened when it is first needed and again when it was lost. All of it happens
 * on one loop of its own, which others reach by {@link #execute}.
 */
final class SideLink {
    /** A connection that takes longer for an answer is given up: whoever comes next gets a new one. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

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

    /** Sets who is told of each new connection, and of the end of each, before anything is opened. */
    void watch(Consumer<SqlConnection> whenOpened, Runnable whenLost) {
        opened = whenOpened;
        lost = whenLost;
    }

    Loop loop() {
        return loop;
    }

    /** Opens it, if it is not; whoever needs it learns what becomes of that. From any thread. */
    void warm() {
        execute(() -> {
            if (!closed) {
                get();
            }
        });
    }

    /** Does something on its loop. From any thread. */
    void execute(Runnable step) {
        context.runOnContext(go -> step.run());
    }

    boolean isClosed() {
        return closed;
    }

    /** The connection, which may have to be opened first. */
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

    /** A further connection, which belongs to the one who asks for it. */
    Future<SqlConnection> another() {
        return connecting.connect(context, options);
    }

    /** Asks it something; fails with a {@link TimeoutException} where no answer comes. */
    Future<RowSet<Row>> ask(SqlConnection connection, String sql) {
        Promise<RowSet<Row>> answered = Promise.promise();
        Timer patience = loop.schedule(
                PATIENCE, () -> answered.tryFail(new TimeoutException("no answer on the connection beside the pool")));
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

    /** Gives up a connection that is of no use any more: whoever comes next gets a new one. */
    void drop(Future<SqlConnection> at) {
        at.onSuccess(SideLink::cut);
        gone(at);
    }

    /** Closes a connection without a word to the server, which may not listen. */
    static void cut(SqlConnection connection) {
        var unused = MySqlWire.channelOf(connection).close();
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
     * Closes it; one that is just being opened is not waited for, and a server that does not hang up not for long. From any
     * thread.
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
}
