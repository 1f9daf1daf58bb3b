package dev.muster.connect.sql;

import dev.muster.connect.ConnectionLimiter;
import dev.muster.connect.Receipts;
import dev.muster.connect.sql.QueryFile.NamedQuery;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlConnection;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One SQL source: its connection limiter and its connections, which are opened on first use. Safe on any thread. */
final class SqlSource {
    private static final String PING = "select 1";

    private final Database database;
    private final ConnectionLimiter slots;
    private final Connections connections;
    private final DatabaseFault trouble = new DatabaseFault();
    private final LongAdder sent = new LongAdder();
    private final LongAdder cancelled = new LongAdder();
    private final Receipts receipts;
    private final LongAdder closedConnections = new LongAdder();

    SqlSource(Database database, Vertx vertx) {
        SqlSettings settings = database.settings();
        this.database = database;
        this.slots =
                new ConnectionLimiter(settings.name(), settings.pool(), settings.maxWaiting(), settings.waitTimeout());
        this.connections = new Connections(database, vertx);
        this.receipts = new Receipts(settings.name());
    }

    String name() {
        return settings().name();
    }

    SqlSettings settings() {
        return database.settings();
    }

    /** The fault that keeps a responding database from working, if there is one. */
    DatabaseFault trouble() {
        return trouble;
    }

    Database database() {
        return database;
    }

    /** Borrows a connection for this task alone until it is released. */
    Future<SqlSession> borrow(Scope scope) {
        return slots.acquire(scope)
                .compose(slot -> connections.get(scope, slot).map(connection -> session(scope, connection, slot)));
    }

    private SqlSession session(Scope scope, SqlConnection connection, ConnectionLimiter.Slot slot) {
        try {
            return new SqlSession(this, scope.loop(), connection, slot);
        } catch (RuntimeException | Error e) {
            connections.giveBack(slot, connection);
            throw e;
        }
    }

    /** Borrows a connection for one action and releases it when the action has ended, even if it throws. */
    <T> Future<T> withSession(Scope scope, Function<SqlSession, Future<T>> action) {
        return borrow(scope)
                .compose(session ->
                        Future.succeededFuture(session).compose(action).eventually(session::release));
    }

    /**
     * Completes when the source has responded, can work and has prepared every named query. Fails with all rejected queries. Runs
     * on the loop of the scope.
     */
    Future<@Nullable Void> ready(Scope scope) {
        return withSession(
                scope,
                session -> new StatementRun(scope, session, PING, false, List.of())
                        .run(Rows.Mode.NONE)
                        .compose(alive -> trouble.ready(scope.loop().nanos()))
                        .compose(able -> prepareAll(
                                scope, session, settings().queries().values().iterator(), new ArrayList<>())));
    }

    private static Future<@Nullable Void> prepareAll(
            Scope scope, SqlSession session, Iterator<NamedQuery> queries, List<String> rejected) {
        if (!queries.hasNext()) {
            return rejected.isEmpty()
                    ? Future.succeededFuture()
                    : Future.failedFuture(new MusterException(ErrorType.QUERY, String.join("\n", rejected)));
        }
        NamedQuery query = queries.next();
        return session.prepared(scope, query.sql())
                .recover(thrown -> Future.failedFuture(session.error(thrown, List.of())))
                .transform((prepared, thrown) -> {
                    if (thrown instanceof MusterException refused && refused.type() == ErrorType.QUERY) {
                        rejected.add(query.at() + ": query " + query.name() + ": " + refused.detail());
                    } else if (thrown != null) {
                        return Future.failedFuture(thrown);
                    }
                    return prepareAll(scope, session, queries, rejected);
                });
    }

    /** Records that a connection was returned. Called before its slot is released. */
    void connectionReturned() {
        connections.connectionReturned();
    }

    void start() {
        connections.start();
    }

    Future<Void> close() {
        return connections.close();
    }

    Receipts receipts() {
        return receipts;
    }

    void statementSent() {
        sent.increment();
    }

    void statementCancelled() {
        cancelled.increment();
    }

    void connectionClosed() {
        closedConnections.increment();
    }

    SqlConnector.Statistics statistics() {
        return new SqlConnector.Statistics(
                slots.statistics(), sent.sum(), cancelled.sum(), closedConnections.sum(), receipts.statistics());
    }
}
