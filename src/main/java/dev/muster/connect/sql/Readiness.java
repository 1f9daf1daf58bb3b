package dev.muster.connect.sql;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The readiness check of a source: whether it responds, can work, and accepts its named queries. Runs on the loop of its scope. */
final class Readiness {
    private final Scope scope;
    private final SqlSource source;
    private final List<String> wrong = new ArrayList<>();

    Readiness(Scope scope, SqlSource source) {
        this.scope = scope;
        this.source = source;
    }

    /** Completes when the source responds, can work and has prepared every named query. Fails with all rejected queries. */
    Future<@Nullable Void> ask() {
        return source.lease(scope)
                .compose(lease -> Future.succeededFuture(lease)
                        .compose(held ->
                                new StatementRun(scope, held, Commands.PING, false, List.of()).run(RowsMode.NONE))
                        .compose(alive -> source.trouble().ready(scope.loop().nanos()))
                        .compose(able ->
                                next(lease, source.settings().queries().values().iterator()))
                        .eventually(lease::release));
    }

    private Future<@Nullable Void> next(SqlSession lease, Iterator<NamedQuery> queries) {
        if (!queries.hasNext()) {
            return wrong.isEmpty()
                    ? Future.succeededFuture()
                    : Future.failedFuture(new MusterException(ErrorType.QUERY, String.join("\n", wrong)));
        }
        NamedQuery query = queries.next();
        return lease.prepared(scope, query.sql())
                .recover(thrown -> Future.failedFuture(lease.error(thrown, List.of())))
                .transform((prepared, thrown) -> {
                    if (thrown instanceof MusterException refused && refused.type() == ErrorType.QUERY) {
                        wrong.add(query.at() + ": query " + query.name() + ": " + refused.detail());
                    } else if (thrown != null) {
                        return Future.failedFuture(thrown);
                    }
                    return next(lease, queries);
                });
    }
}
