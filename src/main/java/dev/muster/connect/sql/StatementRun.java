package dev.muster.connect.sql;

import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One execution of a statement on a held connection, from preparing it to its result. Runs on the loop of its scope. */
final class StatementRun {
    private final Scope scope;
    private final SqlSession lease;
    private final String sql;
    private final boolean changesSession;
    private final List<@Nullable Object> params;

    /**
     * Creates an execution. Nothing is sent yet.
     *
     * @param changesSession whether the connection must not be reused afterwards
     */
    StatementRun(Scope scope, SqlSession lease, String sql, boolean changesSession, List<@Nullable Object> params) {
        this.scope = scope;
        this.lease = lease;
        this.sql = sql;
        this.changesSession = changesSession;
        this.params = params;
    }

    Future<@Nullable Object> run(RowsMode mode) {
        return once(mode).recover(thrown -> Future.failedFuture(lease.error(thrown, params)));
    }

    private Future<@Nullable Object> once(RowsMode mode) {
        return lease.bound(scope, sql, params, mode)
                .compose(bound -> execute(bound, mode).recover(thrown -> {
                    if (!bound.wasKnown() || !lease.source().database().isStale(lease.connection(), thrown)) {
                        return Future.failedFuture(thrown);
                    }
                    lease.forget(sql);
                    return lease.isInTransaction() ? Future.failedFuture(thrown) : once(mode);
                }));
    }

    private Future<@Nullable Object> execute(SqlSession.Bound bound, RowsMode mode) {
        Prepared prepared = bound.prepared();
        var running = new CancellableStatement<Object>(lease, scope);
        var rows = new Rows(lease.source().settings(), prepared, mode, running::stop);
        lease.onRowLost(rows::lost);
        lease.source().statementSent();
        lease.limit(scope, prepared);
        if (changesSession) {
            lease.broken();
        }
        return running.await(() -> prepared.statement()
                        .query()
                        .collecting(rows.collector())
                        .execute(bound.params())
                        .map(done -> rows.result(prepared.columns(done), prepared.changed(done))))
                .onComplete(done -> lease.onRowLost(null));
    }
}
