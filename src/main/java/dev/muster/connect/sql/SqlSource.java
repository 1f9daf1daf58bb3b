package dev.muster.connect.sql;

import dev.muster.connect.ConnectionLimiter;
import dev.muster.connect.Receipts;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.LongAdder;

/** One SQL source: its connection limiter and its connections, which are opened on first use. Safe on any thread. */
final class SqlSource {
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
    Future<SqlSession> lease(Scope scope) {
        return slots.acquire(scope)
                .compose(slot -> connections
                        .get(scope, slot)
                        .map(connection -> new SqlSession(this, scope.loop(), connection, slot))
                        .onFailure(failure -> {
                            if (!(failure instanceof Connections.StillComing)) {
                                slot.release();
                            }
                        })
                        .recover(failure -> Future.failedFuture(
                                failure instanceof Connections.StillComing coming ? coming.reason() : failure)));
    }

    /** Records that a connection was returned. Called before its slot is released. */
    void connectionBack() {
        connections.back();
    }

    /** Starts the background work of the database. */
    void start() {
        connections.start();
    }

    Future<Void> close() {
        return connections.close();
    }

    /** The cancel receipts of the source. */
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

    SqlStatistics statistics() {
        return new SqlStatistics(
                slots.statistics(), sent.sum(), cancelled.sum(), closedConnections.sum(), receipts.statistics());
    }
}
