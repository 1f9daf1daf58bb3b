package dev.muster.connect.sql;

import dev.muster.connect.Arguments;
import dev.muster.connect.Operation;
import dev.muster.task.Items;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A prepared call of an SQL verb. */
final class SqlOperation implements Operation {
    private final SqlSource source;
    private final String sql;
    private final RowsMode mode;
    private final boolean changesSession;

    SqlOperation(SqlSource source, String sql, RowsMode mode, boolean changesSession) {
        this.source = source;
        this.sql = sql;
        this.mode = mode;
        this.changesSession = changesSession;
    }

    @Override
    public Future<@Nullable Object> run(Scope scope, Arguments arguments) {
        return run(scope, arguments, mode);
    }

    private Future<@Nullable Object> run(Scope scope, Arguments arguments, RowsMode rows) {
        List<@Nullable Object> params = arguments.list(SqlOptions.PARAMS);
        if (arguments.session() instanceof SqlSession held) {
            return new StatementRun(scope, held, sql, changesSession, params).run(rows);
        }
        return source.lease(scope)
                .compose(lease -> Future.succeededFuture(lease)
                        .compose(held -> new StatementRun(scope, held, sql, changesSession, params).run(rows))
                        .eventually(lease::release));
    }

    @Override
    public Future<Items<Object>> open(Scope scope, Arguments arguments) {
        if (!source.database().flows(sql)) {
            return run(scope, arguments, RowsMode.HELD).map(SqlOperation::items);
        }
        return new RowStream(source, scope, sql, changesSession, arguments.list(SqlOptions.PARAMS)).open();
    }

    /** The rows of a result as a stream; empty if the result is only a number of changed rows. */
    private static Items<Object> items(@Nullable Object result) {
        List<?> rows = result instanceof List<?> list ? list : List.of();
        return Items.of(rows.iterator(), rows.size());
    }
}
