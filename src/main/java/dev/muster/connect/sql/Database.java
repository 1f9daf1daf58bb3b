package dev.muster.connect.sql;

import dev.muster.plan.MusterException;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One source as its driver speaks to it: what differs between databases. Safe on every thread.
 *
 * <p>A connection is held by one task at a time, with one statement at a time on it.
 */
public interface Database {

    /** Its settings. */
    SqlSettings settings();

    /** Where it is, for messages: without user and password. */
    String address();

    /**
     * Opens a pool of so many connections as the settings say, without a line of its own to wait in. Called once, outside of
     * the caller's context.
     */
    Pool open(Vertx vertx);

    /** A connection of the pool that {@link #open} has given, new or used before. Called on the loop of whoever waits for it. */
    default Future<SqlConnection> connection(Pool pool) {
        return pool.getConnection();
    }

    /**
     * Makes a connection ready for the one who got it.
     *
     * @param rowLost to be called, from any thread, with why a row is left out: because it passes the bound of its bytes
     *     before it can be given away, say; the statement's end follows
     */
    void lend(SqlConnection connection, Consumer<MusterException> rowLost);

    /** Whether the server opens a cursor for a statement, so that its rows can come one by one; else they are held. */
    default boolean flows(String sql) {
        return true;
    }

    /** Whether nothing is left of what ran on a connection: no transaction that a statement began and did not end. */
    default boolean isIdle(SqlConnection connection) {
        return true;
    }

    /**
     * Lets the server know how long the next statement on a connection may run, where it takes such a limit: until the deadline
     * of a scope. Nothing is waited for.
     */
    default void limit(SqlConnection connection, Scope scope) {}

    /** Prepares a statement; fails with what the driver says. */
    Future<Prepared> prepare(SqlConnection connection, String sql);

    /**
     * Asks the server to end the statement that runs on a connection. It uses a connection of its own, beside the pool.
     *
     * @return done when the cancel can no longer act; failed if that cannot be known
     */
    Future<Void> cancel(SqlConnection connection);

    /** What is said first in a transaction, one statement after another. */
    List<String> begin(Optional<Isolation> isolation);

    /** Why no connection came about, as an error of type {@code unavailable}. */
    MusterException unavailable(Throwable thrown);

    /**
     * Why a statement failed: {@code query} with the database's own {@code code} if it was rejected.
     *
     * @param connection on which it ran, which may be closed
     * @param params values that may not be repeated in the error
     */
    MusterException failure(SqlConnection connection, Throwable thrown, List<? extends @Nullable Object> params);

    /** Whether a statement failed as the database, though it answers, cannot do its work now: for its full disk, say. */
    default boolean isTrouble(Throwable thrown) {
        return false;
    }

    /** Begins what goes on without a statement, where there is such a thing. After it was opened, once. */
    default void start() {}

    /** Closes what it uses beside the pool, after that was closed. */
    Future<Void> close();

    /**
     * Whether a statement that was prepared earlier failed with nothing done, and for what was learned of it then: preparing it
     * anew may help.
     *
     * @param connection on which it failed last
     */
    boolean isStale(SqlConnection connection, Throwable thrown);
}
