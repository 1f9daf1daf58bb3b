package dev.muster.connect.sql;

import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement that a connection has prepared: how values go in and rows come out. Belongs to its connection. */
public interface Prepared {

    /** The driver's own. */
    PreparedStatement statement();

    /** Whether it can be executed as it is; else it has to be prepared anew. */
    default boolean isCurrent() {
        return true;
    }

    /** Whether it asks about the statement before it on its connection, so that nothing may come in between. */
    default boolean looksBack() {
        return false;
    }

    /**
     * Parameters as the driver takes them.
     *
     * @param params JSON values, one for each placeholder
     * @throws dev.muster.plan.MusterException of type {@code badInput} that names the parameter that does not fit
     */
    Tuple bind(List<? extends @Nullable Object> params);

    /** How many rows an execution has changed. On the connection's loop, right after its end. */
    default long changed(SqlResult<?> result) {
        return result.rowCount();
    }

    /** The names of the columns, as far as they are known before it runs; null where none are. */
    @Nullable
    List<String> columns();

    /** The names of the columns that an execution had; null where it had no result. */
    default @Nullable List<String> columns(SqlResult<?> result) {
        return columns();
    }

    /**
     * A value of a row as a JSON value. On the connection's loop.
     *
     * @throws dev.muster.plan.MusterException if it cannot be one
     */
    @Nullable
    Object value(Row row, int column);
}
