package dev.muster.connect.sql;

import dev.muster.config.Durations;
import dev.muster.connect.ConnectionLimiter;
import dev.muster.connect.Receipts;
import dev.muster.loop.Timer;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a source: the driver's pool, opened on first use. Safe on any thread.
 *
 * <p>After a failed attempt to connect, further attempts wait for the backoff. A request that finds an idle connection, or sees one
 * returned, does not wait.
 */
final class Connections {
    private final Database database;
    private final Vertx vertx;
    private final Backoff backoff = new Backoff();

    /** The number of connections that are borrowed or being awaited. */
    private final AtomicInteger taken = new AtomicInteger();

    /** Attempts that wait for the backoff, oldest first. */
    private final Queue<Promise<Void>> paused = new ConcurrentLinkedQueue<>();

    private volatile @Nullable Pool pool;
    private boolean closed;

    Connections(Database database, Vertx vertx) {
        this.database = database;
        this.vertx = vertx;
    }

    /** The wait ended before the connection was established. The slot is released when the attempt to connect ends. */
    static final class StillComing extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Throwable reason;

        StillComing(Throwable reason) {
            super(reason.getMessage(), reason, false, false);
            this.reason = reason;
        }

        /** Why the wait ended. */
        Throwable reason() {
            return reason;
        }
    }

    /**
     * Borrows a connection. The borrower must call {@link #back} once the connection is closed. Runs on the scope's loop.
     *
     * @param slot the slot held for the connection
     * @return failed with {@link StillComing} if the slot is released later, and not by the caller
     */
    Future<SqlConnection> get(Scope scope, ConnectionLimiter.Slot slot) {
        return pause(scope).compose(ready -> connect(scope, slot));
    }

    /** Records that a borrowed connection returned to the pool or was closed. Safe on any thread. */
    void back() {
        taken.decrementAndGet();
        goOnIfIdle();
    }

    private Future<Void> pause(Scope scope) {
        Duration left = backoff.left(scope.loop().nanos());
        if (left.isZero() || hasIdle()) {
            return Future.succeededFuture();
        }
        Promise<Void> over = Promise.promise();
        Timer timer = scope.loop().schedule(left, over::tryComplete);
        paused.add(over);
        // A connection could have been returned since the check.
        goOnIfIdle();
        return scope.await("the next attempt to connect to " + name(), over.future(), reason -> {
                    Receipts.notSent(scope, name(), reason);
                    return true;
                })
                .onComplete(ended -> {
                    timer.cancel();
                    paused.remove(over);
                });
    }

    private void goOnIfIdle() {
        Promise<Void> first = hasIdle() ? paused.poll() : null;
        if (first != null) {
            first.tryComplete();
        }
    }

    /** Whether the pool has an idle connection. An estimate: if the server closes it in the meantime, a new connection is attempted. */
    private boolean hasIdle() {
        Pool open = pool;
        return open != null && open.size() > taken.get();
    }

    private Future<SqlConnection> connect(Scope scope, ConnectionLimiter.Slot slot) {
        boolean isIdle = hasIdle();
        Future<SqlConnection> coming;
        try {
            coming = database.connection(opened());
        } catch (IllegalStateException e) {
            return Future.failedFuture(new MusterException(ErrorType.UNAVAILABLE, String.valueOf(e.getMessage()), e));
        }
        taken.incrementAndGet();
        coming.onComplete((connection, failure) -> {
            if (failure != null) {
                taken.decrementAndGet();
                backoff.failed(scope.loop().nanos());
            } else if (!isIdle) {
                // Reusing an idle connection does not prove that a new one can be opened.
                backoff.worked();
            }
        });
        return waited(scope, coming).recover(failure -> {
            if (coming.failed()) {
                return Future.failedFuture(database.unavailable(coming.cause()));
            }
            coming.onComplete((late, neverCame) -> giveBack(slot, late));
            return Future.failedFuture(new StillComing(failure));
        });
    }

    private Future<SqlConnection> waited(Scope scope, Future<SqlConnection> coming) {
        Duration limit = database.settings().connectTimeout();
        var timer = new AtomicReference<@Nullable Timer>();
        return scope.<SqlConnection>suspend("a connection to " + name(), waiter -> {
                    coming.onComplete(waiter);
                    timer.set(scope.loop().schedule(limit, () -> waiter.fail(tooSlow(limit))));
                    return reason -> {
                        Receipts.notSent(scope, name(), reason);
                        return true;
                    };
                })
                .onComplete(ended -> {
                    Timer running = timer.get();
                    if (running != null) {
                        running.cancel();
                    }
                });
    }

    private void giveBack(ConnectionLimiter.Slot slot, @Nullable SqlConnection late) {
        if (late == null) {
            slot.release();
            return;
        }
        late.close().onComplete(closing -> {
            back();
            slot.release();
        });
    }

    private MusterException tooSlow(Duration limit) {
        return new MusterException(
                ErrorType.UNAVAILABLE,
                "no connection to " + name() + " at " + database.address() + " within " + Durations.format(limit)
                        + " (connectTimeout of source " + name() + ")");
    }

    private String name() {
        return database.settings().name();
    }

    /** The pool. It is opened outside the caller's context because it serves the whole node. */
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

    /** Opens the pool, without opening any connection, and starts the background work of its database. */
    void start() {
        opened();
        database.start();
    }

    synchronized Future<Void> close() {
        closed = true;
        Pool open = pool;
        pool = null;
        return open == null ? Future.succeededFuture() : open.close().eventually(database::close);
    }
}
