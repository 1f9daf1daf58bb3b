package dev.muster.connect.sql;

import dev.muster.config.Durations;
import dev.muster.connect.Slots;
import dev.muster.loop.Timer;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** One source: its places, its connections once somebody has used it. Safe on every thread. */
final class SqlSource {
    private final Database database;
    private final Vertx vertx;
    private final Slots slots;
    private final Backoff backoff = new Backoff();
    private final LongAdder sent = new LongAdder();
    private final LongAdder cancelled = new LongAdder();
    private final LongAdder closedConnections = new LongAdder();
    private volatile @Nullable Pool pool;
    private boolean closed;

    SqlSource(Database database, Vertx vertx) {
        SqlSettings settings = database.settings();
        this.database = database;
        this.vertx = vertx;
        this.slots = new Slots(settings.name(), settings.pool(), settings.maxWaiting(), settings.waitTimeout());
    }

    String name() {
        return settings().name();
    }

    SqlSettings settings() {
        return database.settings();
    }

    Database database() {
        return database;
    }

    /** A connection for this task alone, until it is released. */
    Future<Lease> lease(Scope scope) {
        return slots.acquire(scope)
                .compose(slot -> pause(scope)
                        .compose(ready -> connection(scope, slot))
                        .map(connection -> new Lease(this, scope.loop(), connection, slot))
                        .onFailure(failure -> {
                            if (!(failure instanceof StillComing)) {
                                slot.release();
                            }
                        })
                        .recover(failure ->
                                Future.failedFuture(failure instanceof StillComing coming ? coming.reason : failure)));
    }

    /** The wait ended, but the connection did not: its place follows when that has. */
    private static final class StillComing extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Throwable reason;

        StillComing(Throwable reason) {
            super(reason.getMessage(), reason, false, false);
            this.reason = reason;
        }
    }

    private Future<Void> pause(Scope scope) {
        Duration left = backoff.left(scope.loop().nanos());
        return left.isZero() ? Future.succeededFuture() : scope.sleep(left);
    }

    private Future<SqlConnection> connection(Scope scope, Slots.Slot slot) {
        Future<SqlConnection> coming;
        try {
            coming = opened().getConnection();
        } catch (IllegalStateException e) {
            return Future.failedFuture(new MusterException(ErrorType.UNAVAILABLE, String.valueOf(e.getMessage()), e));
        }
        return waited(scope, coming).onSuccess(connection -> backoff.worked()).recover(failure -> {
            if (coming.failed()) {
                return Future.failedFuture(refused(scope, coming.cause()));
            }
            coming.onComplete((late, neverCame) -> giveBack(scope, slot, late, neverCame));
            return Future.failedFuture(new StillComing(failure));
        });
    }

    private Future<SqlConnection> waited(Scope scope, Future<SqlConnection> coming) {
        Duration limit = settings().connectTimeout();
        var timer = new AtomicReference<@Nullable Timer>();
        return scope.<SqlConnection>suspend("a connection to " + name(), waiter -> {
                    coming.onComplete(waiter);
                    timer.set(scope.loop().schedule(limit, () -> waiter.fail(tooSlow(limit))));
                    return reason -> true;
                })
                .onComplete(ended -> {
                    Timer running = timer.get();
                    if (running != null) {
                        running.cancel();
                    }
                });
    }

    private void giveBack(Scope scope, Slots.Slot slot, @Nullable SqlConnection late, @Nullable Throwable neverCame) {
        if (late == null) {
            if (neverCame != null) {
                backoff.failed(scope.loop().nanos());
            }
            slot.release();
            return;
        }
        backoff.worked();
        late.close().onComplete(back -> slot.release());
    }

    private MusterException refused(Scope scope, Throwable cause) {
        backoff.failed(scope.loop().nanos());
        return database.unavailable(cause);
    }

    private MusterException tooSlow(Duration limit) {
        return new MusterException(
                ErrorType.UNAVAILABLE,
                "no connection to " + name() + " at " + database.address() + " within " + Durations.format(limit)
                        + " (connectTimeout of source " + name() + ")");
    }

    /** The pool, opened at its first use: outside the caller's context, as it serves the whole node. */
    private Pool opened() {
        Pool open = pool;
        return open != null ? open : open();
    }

    private synchronized Pool open() {
        if (closed) {
            throw new IllegalStateException("source " + name() + " is closed");
        }
        Pool open = pool;
        if (open == null) {
            ContextInternal nobodys = ((VertxInternal) vertx).createEventLoopContext();
            var opened = new AtomicReference<Pool>();
            nobodys.dispatch(() -> opened.set(database.open(vertx)));
            open = Objects.requireNonNull(opened.get());
            pool = open;
        }
        return open;
    }

    synchronized Future<Void> close() {
        closed = true;
        Pool open = pool;
        pool = null;
        return open == null ? Future.succeededFuture() : open.close().eventually(database::close);
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
        return new SqlStatistics(slots.statistics(), sent.sum(), cancelled.sum(), closedConnections.sum());
    }
}
