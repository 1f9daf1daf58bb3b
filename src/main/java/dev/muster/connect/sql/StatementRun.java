package dev.muster.connect.sql;

import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a statement on a held connection, from preparing it to its result. Runs on the loop of its scope.
 *
 * @param changesSession whether the connection must not be reused afterwards
 */
record StatementRun(
        Scope scope, SqlSession session, String sql, boolean changesSession, List<@Nullable Object> params) {

    Future<@Nullable Object> run(Rows.Mode mode) {
        return once(mode).recover(thrown -> Future.failedFuture(session.error(thrown, params)));
    }

    private Future<@Nullable Object> once(Rows.Mode mode) {
        return session.bound(scope, sql, params, mode)
                .compose(bound -> execute(bound, mode).recover(thrown -> {
                    if (!bound.wasKnown() || !session.source().database().isStale(session.connection(), thrown)) {
                        return Future.failedFuture(thrown);
                    }
                    session.forget(sql);
                    return session.isInTransaction() ? Future.failedFuture(thrown) : once(mode);
                }));
    }

    private Future<@Nullable Object> execute(SqlSession.Bound bound, Rows.Mode mode) {
        Prepared prepared = bound.prepared();
        var running = new CancellableStatement<Object>(session, scope);
        var rows = new Rows(session.source().settings(), prepared, mode, running::stop);
        session.onRowLost(rows::fail);
        session.source().statementSent();
        session.limit(scope, prepared);
        if (changesSession) {
            session.broken();
        }
        return running.await(() -> prepared.statement()
                        .query()
                        .collecting(rows.collector())
                        .execute(bound.params())
                        .map(done -> rows.result(prepared.columns(done), prepared.changed(done))))
                .onComplete(done -> session.onRowLost(null));
    }
}
