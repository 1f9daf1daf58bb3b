package dev.muster.connect.sql;

import dev.muster.plan.MusterException;
import dev.muster.task.Scope;
import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.impl.SocketConnectionBase;
import io.vertx.sqlclient.internal.Connection;
import io.vertx.sqlclient.internal.SqlConnectionInternal;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The driver of one source: everything that differs between SQL databases. Safe on any thread.
 *
 * <p>One task at a time holds a connection, and runs one statement at a time on it.
 */
public interface Database {

    /** The isolation level of a transaction: the word {@code isolation}. */
    enum Isolation {
        /** Each statement sees what was committed before it began. */
        READ_COMMITTED,
        /** All statements see what was committed before the first of them. */
        REPEATABLE_READ,
        /** As if transactions ran one after another; a transaction that conflicts fails. */
        SERIALIZABLE;

        /** The level in the words of plans and of SQL. */
        public String sql() {
            return name().replace('_', ' ').toLowerCase(Locale.ROOT);
        }
    }

    /** The channel of a connection, whether pooled or not. It is known even after the connection was closed. */
    static Channel channelOf(SqlConnection connection) {
        Connection physical = ((SqlConnectionInternal) connection).unwrap().unwrap();
        return ((SocketConnectionBase) physical)
                .socket()
                .channelHandlerContext()
                .channel();
    }

    /** The message of the innermost cause of a failure, or the name of its class if it has none. */
    static String reason(Throwable thrown) {
        Throwable innermost = thrown;
        while (innermost.getCause() != null && innermost.getCause() != innermost) {
            innermost = innermost.getCause();
        }
        String message = innermost.getMessage();
        return message == null || message.isBlank() ? innermost.getClass().getSimpleName() : message;
    }

    /** The settings of the source. */
    SqlSettings settings();

    /** The address for messages, without user and password. */
    String address();

    /**
     * Opens a pool with the configured number of connections and without a wait queue of its own. Called once, outside the caller's
     * context.
     */
    Pool open(Vertx vertx);

    /** Takes a connection, new or reused, from the pool that {@link #open} returned. Called on the loop of the waiting task. */
    default Future<SqlConnection> connection(Pool pool) {
        return pool.getConnection();
    }

    /**
     * Prepares a connection for its new borrower.
     *
     * @param rowLost receives, on any thread, the reason why a row was dropped, for example because it exceeds its size limit
     *     before it can be delivered; the end of the statement follows
     */
    void lend(SqlConnection connection, Consumer<MusterException> rowLost);

    /** Whether the server opens a cursor for a statement, so that its rows can be streamed; otherwise all rows are held in memory. */
    default boolean flows(String sql) {
        return true;
    }

    /** Whether a connection is free of leftovers, such as a transaction that a statement began and did not end. */
    default boolean isIdle(SqlConnection connection) {
        return true;
    }

    /**
     * Limits the time of the next statement on a connection to the deadline of a scope, if the server supports such a limit. Does
     * not wait.
     */
    default void limit(SqlConnection connection, Scope scope) {}

    /** Prepares a statement; fails with the driver's exception. */
    Future<Prepared> prepare(SqlConnection connection, String sql);

    /**
     * Asks the server to end the statement that is running on a connection, over a side connection outside the pool.
     *
     * @return completes when the cancel can no longer act; fails if that cannot be determined
     */
    Future<Void> cancel(SqlConnection connection);

    /** The statements that begin a transaction, in order. */
    List<String> begin(Optional<Isolation> isolation);

    /** The error of type {@code unavailable} for a failed attempt to connect. */
    MusterException unavailable(Throwable thrown);

    /**
     * The error for a failed statement: type {@code query} with the database's own {@code code} if the server rejected it.
     *
     * @param connection the connection of the statement; it can be closed
     * @param params values that must not appear in the error
     */
    MusterException failure(SqlConnection connection, Throwable thrown, List<? extends @Nullable Object> params);

    /** Whether a failure means that the database responds but cannot work now, for example because its disk is full. */
    default boolean isTrouble(Throwable thrown) {
        return false;
    }

    /** Whether {@link #start} does anything. */
    default boolean hasStart() {
        return false;
    }

    /** Starts background work, if the database has any. Called once, after {@link #open}. */
    default void start() {}

    /** Closes everything used beside the pool. Called after the pool was closed. */
    Future<Void> close();

    /**
     * Whether a statement failed without any effect because its cached preparation is outdated, so that preparing it again can
     * help.
     *
     * @param connection the connection on which it failed last
     */
    boolean isStale(SqlConnection connection, Throwable thrown);
}
