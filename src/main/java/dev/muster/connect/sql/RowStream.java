package dev.muster.connect.sql;

import dev.muster.connect.Receipts;
import dev.muster.task.CancelReason;
import dev.muster.task.Items;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import io.vertx.sqlclient.Cursor;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A stream of the rows of a statement through a cursor on the server, in constant memory. The next batch is fetched when the
 * previous one is used up. Runs on the loop of its scope, whose clean-up closes the cursor.
 */
final class RowStream implements Items<Object> {
    private final SqlSource source;
    private final Scope scope;
    private final String sql;
    private final boolean changesSession;
    private final List<@Nullable Object> params;
    private final FetchSize size;
    private final ArrayDeque<Object> batch = new ArrayDeque<>();
    private boolean ended;
    private boolean mayBeStale;
    private @Nullable SqlSession session;
    private @Nullable Prepared prepared;
    private @Nullable Cursor cursor;

    RowStream(SqlSource source, Scope scope, String sql, boolean changesSession, List<@Nullable Object> params) {
        this.source = source;
        this.scope = scope;
        this.sql = sql;
        this.changesSession = changesSession;
        this.params = params;
        this.size = new FetchSize(source.settings());
    }

    /** Opens the cursor. The first batch is fetched by the first {@link #next}. */
    Future<Items<Object>> open() {
        return source.borrow(scope).compose(this::begin).map(opened -> this);
    }

    private Future<Void> begin(SqlSession held) {
        session = held;
        scope.cleanUp("close the cursor", this::close);
        return openCursor(held);
    }

    private Future<Void> openCursor(SqlSession held) {
        return held.begin(scope, Optional.empty())
                .compose(begun -> held.bound(scope, sql, params, Rows.Mode.STREAM))
                .<Void>map(bound -> {
                    prepared = bound.prepared();
                    cursor = bound.prepared().statement().cursor(bound.params());
                    mayBeStale = bound.wasKnown();
                    return null;
                })
                .recover(thrown -> Future.failedFuture(held.error(thrown, params)));
    }

    @Override
    public Future<Optional<Object>> next() {
        Object row = batch.poll();
        if (row != null) {
            return Future.succeededFuture(Optional.of(row));
        }
        return ended ? Future.succeededFuture(Optional.empty()) : fetch().compose(fetched -> next());
    }

    private Future<Void> fetch() {
        SqlSession held = session;
        Cursor open = cursor;
        Prepared statement = prepared;
        if (held == null || open == null || statement == null) {
            throw new IllegalStateException("the cursor is not open");
        }
        var running = new CancellableStatement<RowSet<Row>>(held, scope);
        var rows = new Rows(source.settings(), statement, Rows.Mode.STREAM, running::stop);
        held.onRowLost(rows::fail);
        source.statementSent();
        held.limit(scope, statement);
        return running.await(() -> open.read(size.rows()))
                .onComplete(done -> held.onRowLost(null))
                .compose(
                        read -> {
                            mayBeStale = false;
                            take(read, rows);
                            return open.hasMore() ? Future.succeededFuture() : finish(held, open);
                        },
                        thrown -> failed(held, thrown));
    }

    /** Handles a failed fetch. A statement that failed before its first row because its cached preparation is outdated starts over. */
    private Future<Void> failed(SqlSession held, Throwable thrown) {
        if (!mayBeStale || !source.database().isStale(held.connection(), thrown)) {
            return Future.failedFuture(held.error(thrown, params));
        }
        cursor = null;
        held.forget(sql);
        return held.rollback(scope)
                .compose(over ->
                        held.isInTransaction() ? Future.failedFuture(held.error(thrown, params)) : openCursor(held))
                .compose(opened -> fetch());
    }

    private void take(RowSet<Row> read, Rows rows) {
        for (Row row : read) {
            rows.add(row);
        }
        for (Object row : rows.values()) {
            if (row != null) {
                batch.add(row);
            }
        }
        size.took(rows.bytes(), rows.widestBytes());
    }

    /** Closes the cursor after the last batch has arrived. The connection is free before these rows are used up. */
    private Future<Void> finish(SqlSession held, Cursor open) {
        ended = true;
        // Without this, the MySQL driver would treat the next execution of the statement as another fetch.
        return held.await(scope, open::close)
                .recover(thrown -> {
                    held.broken();
                    return Future.failedFuture(held.error(thrown, params));
                })
                .compose(closed -> held.commit(scope))
                .eventually(() -> {
                    session = null;
                    return release(held);
                });
    }

    private Future<Void> release(SqlSession held) {
        if (changesSession) {
            held.broken();
        }
        return held.release();
    }

    private Future<Void> close(Scope cleanUp) {
        SqlSession held = session;
        session = null;
        if (held == null) {
            return Future.succeededFuture();
        }
        Cursor open = cursor;
        CancelReason reason = held.wasStopped() ? null : scope.cancelReason();
        Receipts.Open receipt = reason == null ? null : source.receipts().begin(cleanUp, reason);
        Future<Void> closed = open == null || held.isBroken()
                ? Future.succeededFuture()
                : held.await(cleanUp, open::close).onFailure(thrown -> held.broken());
        return closed.transform((done, thrown) -> held.rollback(cleanUp))
                .eventually(() -> release(held))
                .onComplete(over -> {
                    if (receipt != null && held.isBroken()) {
                        receipt.closed();
                    } else if (receipt != null) {
                        receipt.confirmed();
                    }
                });
    }

    /**
     * The number of rows that a stream fetches at a time. Batches start with one row and grow while they stay small, so that wide rows
     * come in small batches. A batch of rows as wide as the widest of the previous batch stays below the source's {@code maxResponse}.
     */
    static final class FetchSize {
        private static final long BATCH_BYTES = 256L << 10;

        private final int max;
        private final long maxBytes;
        private int rows = 1;

        FetchSize(SqlSettings settings) {
            this.max = settings.fetch();
            this.maxBytes = settings.maxResponse();
        }

        int rows() {
            return rows;
        }

        /** Records the size of the last batch and of its widest row, in bytes. */
        void took(long bytes, long widest) {
            long fitting = bytes < BATCH_BYTES ? rows * 2L : rows * BATCH_BYTES / bytes;
            long safe = maxBytes / Math.max(1, widest);
            rows = (int) Math.max(1, Math.min(max, Math.min(fitting, safe)));
        }
    }
}
