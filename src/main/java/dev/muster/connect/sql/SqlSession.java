package dev.muster.connect.sql;

import dev.muster.connect.Arguments.CallSession;
import dev.muster.connect.ConnectionLimiter;
import dev.muster.connect.sql.Database.Isolation;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.CancelledException;
import dev.muster.task.Scope;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The SQL session of a task: a connection and its slot, held by that task alone until it is released. Runs on the task's loop.
 *
 * <p>The connection returns to the pool only if nothing can still be on its way to it; otherwise it is closed.
 */
final class SqlSession implements CallSession {
    private final SqlSource source;
    private final Loop loop;
    private final SqlConnection connection;
    private final ConnectionLimiter.Slot slot;
    private final Statements statements;
    private volatile @Nullable Consumer<MusterException> rowLost;
    private boolean broken;
    private boolean stopped;
    private boolean inTransaction;

    SqlSession(SqlSource source, Loop loop, SqlConnection connection, ConnectionLimiter.Slot slot) {
        this.source = source;
        this.loop = loop;
        this.connection = connection;
        this.slot = slot;
        this.statements = Statements.of(connection);
        source.database().lend(connection, this::rowLost);
    }

    SqlSource source() {
        return source;
    }

    SqlConnection connection() {
        return connection;
    }

    /** A statement prepared on this connection, reused if it was prepared before and is still current. */
    Future<Prepared> prepared(Scope scope, String sql) {
        Optional<Prepared> known = known(sql);
        return known.isPresent()
                ? Future.succeededFuture(known.get())
                : await(scope, () -> source.database().prepare(connection, sql))
                        .onSuccess(fresh -> statements.put(sql, fresh));
    }

    private Optional<Prepared> known(String sql) {
        Optional<Prepared> known = statements.get(sql);
        if (known.isPresent() && !known.get().isCurrent()) {
            forget(sql);
            return Optional.empty();
        }
        return known;
    }

    /**
     * A prepared statement with its parameters.
     *
     * @param params the parameters in the driver's form
     * @param wasKnown whether the statement was prepared for an earlier use
     */
    record Bound(Prepared prepared, Tuple params, boolean wasKnown) {}

    /**
     * Prepares a statement and binds its parameters. If they, or the columns for this mode, do not fit a cached preparation, the
     * statement is prepared again.
     */
    Future<Bound> bound(Scope scope, String sql, List<@Nullable Object> params, Rows.Mode mode) {
        boolean wasKnown = known(sql).isPresent();
        return prepared(scope, sql).compose(prepared -> {
            try {
                Tuple tuple = prepared.bind(params);
                Rows.check(source.name(), prepared, mode);
                return Future.succeededFuture(new Bound(prepared, tuple, wasKnown));
            } catch (MusterException misfit) {
                if (!wasKnown) {
                    return Future.failedFuture(misfit);
                }
                forget(sql);
                return bound(scope, sql, params, mode);
            }
        });
    }

    /** Removes a prepared statement, so that its next use prepares it again. */
    void forget(String sql) {
        statements.forget(sql);
    }

    boolean isInTransaction() {
        return inTransaction;
    }

    Future<@Nullable Void> begin(Scope scope, Optional<Isolation> isolation) {
        // Recorded first: if the response is lost, a transaction can still be open.
        inTransaction = true;
        return each(scope, source.database().begin(isolation).iterator());
    }

    private Future<@Nullable Void> each(Scope scope, Iterator<String> commands) {
        return commands.hasNext()
                ? command(scope, commands.next()).compose(done -> each(scope, commands))
                : Future.succeededFuture();
    }

    /** Commits the transaction. On failure nothing was committed, unless the connection broke during the commit. */
    Future<@Nullable Void> commit(Scope scope) {
        return command(scope, "commit")
                .onSuccess(done -> inTransaction = false)
                .recover(thrown ->
                        Future.failedFuture(thrown instanceof MusterException error ? commitFailed(error) : thrown));
    }

    private static MusterException commitFailed(MusterException error) {
        return error.type() == ErrorType.QUERY || error.type() == ErrorType.UNAVAILABLE
                ? new MusterException(error.type(), "the commit failed: " + error.detail(), error.more(), error)
                : error;
    }

    /** Rolls back. If that fails, the connection is closed instead of reused, which also rolls back. Never fails. */
    Future<@Nullable Void> rollback(Scope scope) {
        if (broken || !inTransaction) {
            return Future.succeededFuture();
        }
        return command(scope, "rollback").transform((done, failure) -> {
            if (failure == null) {
                inTransaction = false;
            } else {
                broken = true;
            }
            return Future.succeededFuture();
        });
    }

    private Future<@Nullable Void> command(Scope scope, String command) {
        limit(scope);
        return await(scope, () -> connection.query(command).execute())
                .<@Nullable Void>mapEmpty()
                .recover(thrown -> Future.failedFuture(error(thrown, List.of())));
    }

    /** Marks the connection as not reusable. */
    void broken() {
        broken = true;
    }

    boolean isBroken() {
        return broken;
    }

    /** Records that something on this connection was ended early, which has its own receipt. */
    void stopped() {
        stopped = true;
    }

    boolean wasStopped() {
        return stopped;
    }

    /** Sets the listener for the reasons of dropped rows; null for none. The listener is called on any thread. */
    void onRowLost(@Nullable Consumer<MusterException> listener) {
        rowLost = listener;
    }

    /**
     * Limits the next statement on the server by the deadline of a scope. If an author's statement changed the session, its
     * settings are left alone: the previous limit stays, unless the author has set another.
     */
    void limit(Scope scope) {
        if (!broken) {
            source.database().limit(connection, scope);
        }
    }

    /**
     * Limits a statement by the deadline, unless the statement asks about the previous one, whose state setting the limit could
     * disturb.
     */
    void limit(Scope scope, Prepared next) {
        if (!inTransaction || !next.looksBack()) {
            limit(scope);
        }
    }

    /** Starts an action that occupies the connection and waits for it. A cancel ends the action on the server. */
    <T> Future<T> await(Scope scope, Supplier<Future<T>> begin) {
        return new CancellableStatement<T>(this, scope).await(begin);
    }

    /** Converts the failure of a statement into a Muster error. Marks the connection as not reusable if its protocol state is unknown. */
    Throwable error(Throwable thrown, List<? extends @Nullable Object> params) {
        if (thrown instanceof MusterException || thrown instanceof CancelledException) {
            return thrown;
        }
        MusterException error = source.database().failure(connection, thrown, params);
        if (source.database().isTrouble(thrown)) {
            source.trouble().note(source, error, loop.nanos());
        }
        // Only an error from the server proves that the protocol state is known.
        broken = broken || error.type() != ErrorType.QUERY && error.type() != ErrorType.TIMEOUT;
        return error;
    }

    /** Returns the connection to the pool or closes it. Completes when the slot is free. Never fails. */
    Future<Void> release() {
        boolean closes = broken || inTransaction || !source.database().isIdle(connection);
        Future<Void> gone = closes ? close() : connection.close().recover(failure -> close());
        Promise<Void> released = Promise.promise();
        gone.onComplete(done -> {
            source.connectionReturned();
            slot.release();
            onLoop(released::complete);
        });
        return released.future();
    }

    /** Closes the connection immediately, without a goodbye message, because the server might not read it. */
    private Future<Void> close() {
        source.connectionClosed();
        Promise<Void> closed = Promise.promise();
        Channel channel = Database.channelOf(connection);
        ChannelHandlerContext first = channel.pipeline().firstContext();
        channel.closeFuture().addListener(over -> closed.complete());
        var unused = first != null ? first.close() : channel.close();
        return closed.future();
    }

    /** Continues on the task's own loop, because the connection can belong to another. Safe on any thread. */
    void onLoop(Runnable step) {
        if (loop.inLoop()) {
            step.run();
        } else {
            loop.execute(step);
        }
    }

    private void rowLost(MusterException why) {
        Consumer<MusterException> listener = rowLost;
        if (listener != null) {
            listener.accept(why);
        }
    }
}
