package dev.muster.connect.sql;

import dev.muster.config.Durations;
import dev.muster.connect.ConnectionLimiter;
import dev.muster.connect.Receipts;
import dev.muster.loop.OutOfMemory;
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
import java.util.concurrent.ThreadLocalRandom;
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

    /**
     * Borrows a connection. The borrower must call {@link #connectionReturned} once the connection is closed. Runs on the scope's
     * loop.
     *
     * @param slot the slot held for the connection; released here if this fails, once no attempt to connect is running for it
     */
    Future<SqlConnection> get(Scope scope, ConnectionLimiter.Slot slot) {
        return pause(scope).onFailure(ended -> slot.release()).compose(ready -> connect(scope, slot));
    }

    /** Records that a borrowed connection returned to the pool or was closed. Safe on any thread. */
    void connectionReturned() {
        taken.decrementAndGet();
        resumeIfIdle();
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
        resumeIfIdle();
        return scope.await("the next attempt to connect to " + name(), over.future(), reason -> {
                    Receipts.notSent(scope, name(), reason);
                    return true;
                })
                .onComplete(ended -> {
                    timer.cancel();
                    paused.remove(over);
                });
    }

    private void resumeIfIdle() {
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
        } catch (RuntimeException | Error e) {
            slot.release();
            OutOfMemory.check(e);
            return Future.failedFuture(
                    e instanceof IllegalStateException
                            ? new MusterException(ErrorType.UNAVAILABLE, String.valueOf(e.getMessage()), e)
                            : e);
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
        Future<SqlConnection> waited;
        try {
            waited = waited(scope, coming);
        } catch (RuntimeException e) {
            waited = Future.failedFuture(e);
        }
        return waited.recover(failure -> {
            if (coming.failed()) {
                slot.release();
                return Future.failedFuture(database.unavailable(coming.cause()));
            }
            coming.onComplete((late, neverCame) -> giveBack(slot, late));
            return Future.failedFuture(failure);
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

    /** Closes a connection that nobody will use, if there is one, and releases its slot. */
    void giveBack(ConnectionLimiter.Slot slot, @Nullable SqlConnection late) {
        if (late == null) {
            slot.release();
            return;
        }
        late.close().onComplete(closing -> {
            connectionReturned();
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

    /** Starts the background work of the database, if it has any. Opens the pool for it, without opening any connection. */
    void start() {
        if (database.hasStart()) {
            opened();
            database.start();
        }
    }

    synchronized Future<Void> close() {
        closed = true;
        Pool open = pool;
        pool = null;
        return open == null ? Future.succeededFuture() : open.close().eventually(database::close);
    }

    /**
     * The backoff between attempts to connect to an unreachable database. Pauses double from 50 ms to 2 s, with full jitter in their
     * second half. Safe on any thread.
     */
    static final class Backoff {
        private static final long FIRST_NANOS = Duration.ofMillis(50).toNanos();
        private static final long LONGEST_NANOS = Duration.ofSeconds(2).toNanos();

        private long pauseNanos;
        private long notBeforeNanos;

        /** The remaining pause at this time; zero if an attempt is allowed now. */
        synchronized Duration left(long nowNanos) {
            return pauseNanos == 0 ? Duration.ZERO : Duration.ofNanos(Math.max(0, notBeforeNanos - nowNanos));
        }

        /** Records a failed attempt. A failure within a pause belongs to an attempt that began before the pause, and is ignored. */
        synchronized void failed(long nowNanos) {
            if (pauseNanos > 0 && nowNanos < notBeforeNanos) {
                return;
            }
            pauseNanos = pauseNanos == 0 ? FIRST_NANOS : Math.min(LONGEST_NANOS, pauseNanos * 2);
            notBeforeNanos =
                    nowNanos + pauseNanos / 2 + ThreadLocalRandom.current().nextLong(pauseNanos / 2);
        }

        /** Records a successful attempt and ends the backoff. */
        synchronized void worked() {
            pauseNanos = 0;
        }
    }
}
