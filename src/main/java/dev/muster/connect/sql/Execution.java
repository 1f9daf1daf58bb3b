package dev.muster.connect.sql;

import dev.muster.task.Scope;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One statement on a connection that is held, from preparing it to its result. On the loop of its scope. */
final class Execution {
    private final Scope scope;
    private final Lease lease;
    private final String sql;
    private final List<@Nullable Object> params;

    Execution(Scope scope, Lease lease, String sql, List<@Nullable Object> params) {
        this.scope = scope;
        this.lease = lease;
        this.sql = sql;
        this.params = params;
    }

    Future<@Nullable Object> run(RowsMode mode) {
        return once(mode)
                .recover(thrown -> {
                    if (!lease.source().database().isStale(thrown)) {
                        return Future.failedFuture(thrown);
                    }
                    lease.statements().forget(sql);
                    return lease.isInTransaction() ? Future.failedFuture(thrown) : once(mode);
                })
                .recover(thrown -> Future.failedFuture(error(thrown)));
    }

    private Future<@Nullable Object> once(RowsMode mode) {
        return prepared().compose(prepared -> execute(prepared, mode));
    }

    /** The statement, prepared on this connection once. */
    Future<Prepared> prepared() {
        SqlSource source = lease.source();
        Optional<Prepared> known = lease.statements().get(sql);
        if (known.isPresent()) {
            return Future.succeededFuture(known.get());
        }
        return lease.await(scope, () -> source.database().prepare(lease.connection(), sql))
                .onSuccess(fresh -> lease.statements().put(sql, fresh));
    }

    private Future<@Nullable Object> execute(Prepared prepared, RowsMode mode) {
        Tuple tuple = prepared.bind(params);
        Rows.check(lease.source().name(), prepared, mode);
        var running = new Running<Object>(lease, scope);
        var rows = new Rows(lease.source().settings(), prepared, mode, running::stop);
        lease.onRowLost(rows::lost);
        lease.source().statementSent();
        if (SqlText.changesSession(sql)) {
            lease.broken();
        }
        return running.await(() -> prepared.statement()
                        .query()
                        .collecting(rows.collector())
                        .execute(tuple)
                        .map(done -> rows.result(prepared.changed(done))))
                .onComplete(done -> lease.onRowLost(null));
    }

    /** Whatever it failed with, in the words of the language. */
    Throwable error(Throwable thrown) {
        return lease.error(thrown, params);
    }
}
