package dev.muster.connect.sql;

import dev.muster.connect.CallSession;
import dev.muster.connect.Slots;
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
import io.vertx.sqlclient.impl.SocketConnectionBase;
import io.vertx.sqlclient.internal.Connection;
import io.vertx.sqlclient.internal.SqlConnectionInternal;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection that one task holds alone, with its place in the pool, until it is released. On the loop of that task.
 *
 * <p>It goes back to the pool only where nothing can be on its way to it any more; otherwise it is closed.
 */
final class Lease implements CallSession {
    private final SqlSource source;
    private final Loop loop;
    private final SqlConnection connection;
    private final Slots.Slot slot;
    private final Statements statements;
    private volatile @Nullable Consumer<MusterException> rowLost;
    private boolean broken;
    private boolean stopped;
    private boolean inTransaction;

    Lease(SqlSource source, Loop loop, SqlConnection connection, Slots.Slot slot) {
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

    /** A statement, prepared on this connection once. */
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
     * A statement with its parameters.
     *
     * @param params as the driver takes them
     * @param wasKnown whether it was prepared for an earlier use
     */
    record Bound(Prepared prepared, Tuple params, boolean wasKnown) {}

    /**
     * A statement with these parameters, its rows to become this; where they do not fit what was learned of it earlier, it is
     * prepared anew.
     */
    Future<Bound> bound(Scope scope, String sql, List<@Nullable Object> params, RowsMode mode) {
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

    /** Says that a statement has to be prepared anew. */
    void forget(String sql) {
        statements.forget(sql);
    }

    boolean isInTransaction() {
        return inTransaction;
    }

    void inTransaction(boolean now) {
        inTransaction = now;
    }

    /** Says that it cannot be used again. */
    void broken() {
        broken = true;
    }

    boolean isBroken() {
        return broken;
    }

    /** Says that something on it was ended before its time, which has a receipt. */
    void stopped() {
        stopped = true;
    }

    boolean wasStopped() {
        return stopped;
    }

    /** Sets who is told why a row was left out. */
    void onRowLost(@Nullable Consumer<MusterException> told) {
        rowLost = told;
    }

    /**
     * Bounds the next statement on the server by the deadline of a scope. Where an author's statement has changed the session,
     * that is left alone: the last bound holds, unless the author has set another.
     */
    void limit(Scope scope) {
        if (!broken) {
            source.database().limit(connection, scope);
        }
    }

    /** Bounds a statement in the same way; not where it asks about the one before it, which the bound could disturb. */
    void limit(Scope scope, Prepared next) {
        if (!inTransaction || !next.looksBack()) {
            limit(scope);
        }
    }

    /** Waits for something that begins now and occupies the connection; a cancel ends it on the server. */
    <T> Future<T> await(Scope scope, Supplier<Future<T>> begin) {
        return new Running<T>(this, scope).await(begin);
    }

    /** What a statement failed with, in the words of the language. */
    Throwable error(Throwable thrown, List<? extends @Nullable Object> params) {
        if (thrown instanceof MusterException || thrown instanceof CancelledException) {
            return thrown;
        }
        MusterException error = source.database().failure(connection, thrown, params);
        if (source.database().isTrouble(thrown)) {
            source.trouble().note(source, error, loop.nanos());
        }
        // Whatever was not said by the server leaves open where the conversation stands.
        broken = broken || error.type() != ErrorType.QUERY && error.type() != ErrorType.TIMEOUT;
        return error;
    }

    /** Gives it back, or closes it. Completes with its place free. Never fails. */
    Future<Void> release() {
        boolean closes = broken || inTransaction || !source.database().isIdle(connection);
        Future<Void> gone = closes ? close() : connection.close().recover(failure -> close());
        Promise<Void> released = Promise.promise();
        gone.onComplete(done -> {
            source.connectionBack();
            slot.release();
            onLoop(released::complete);
        });
        return released.future();
    }

    /** Closes the connection at once, without a word to the server, which may not listen. */
    private Future<Void> close() {
        source.connectionClosed();
        Promise<Void> closed = Promise.promise();
        Channel channel = channelOf(connection);
        ChannelHandlerContext first = channel.pipeline().firstContext();
        channel.closeFuture().addListener(over -> closed.complete());
        var unused = first != null ? first.close() : channel.close();
        return closed.future();
    }

    /** Goes on with the task on its own loop: the connection may belong to another. From any thread. */
    void onLoop(Runnable step) {
        if (loop.inLoop()) {
            step.run();
        } else {
            loop.execute(step);
        }
    }

    static Channel channelOf(SqlConnection connection) {
        Connection pooled = ((SqlConnectionInternal) connection).unwrap();
        return ((SocketConnectionBase) pooled.unwrap())
                .socket()
                .channelHandlerContext()
                .channel();
    }

    private void rowLost(MusterException why) {
        Consumer<MusterException> told = rowLost;
        if (told != null) {
            told.accept(why);
        }
    }
}
