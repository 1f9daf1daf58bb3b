package dev.muster.connect.mysql;

import dev.muster.connect.sql.Prepared;
import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A prepared statement of a MySQL connection.
 *
 * @param answer the server's response to preparing it
 * @param presence the node's presence on the server; null if the source has none
 * @param marked whether the statement carries the node's mark
 */
record MySqlPrepared(
        String source,
        MySqlWire wire,
        PreparedStatement statement,
        PrepareAnswer answer,
        boolean looksBack,
        @Nullable NodeLock presence,
        boolean marked)
        implements Prepared {

    @Override
    public boolean isCurrent() {
        return presence == null || presence.marks(wire.greeting()) == marked;
    }

    @Override
    public Tuple bind(List<? extends @Nullable Object> params) {
        return Parameters.bind(source, params, answer.params(), wire.greeting().maxPacketBytes());
    }

    @Override
    public @Nullable List<String> columns() {
        return answer.columns().isEmpty() ? null : answer.columns();
    }

    /** Known only after execution: {@code … returning} and some {@code show} statements have no columns when they are prepared. */
    @Override
    public @Nullable List<String> columns(SqlResult<?> result) {
        return result.columnsNames();
    }

    @Override
    public @Nullable Object value(Row row, int column) {
        return Cells.json(row.getValue(column), wire.columns().get(column), source);
    }
}
