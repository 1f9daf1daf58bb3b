package dev.muster.connect.sql;

import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A prepared statement of one connection: binds parameters and converts rows. Belongs to its connection. */
public interface Prepared {

    /** The driver's prepared statement. */
    PreparedStatement statement();

    /** Whether the statement can be executed as it is; otherwise it must be prepared again. */
    default boolean isCurrent() {
        return true;
    }

    /** Whether the statement asks about the previous one on its connection, so that no other statement can run in between. */
    default boolean looksBack() {
        return false;
    }

    /**
     * Binds parameters in the driver's form.
     *
     * @param params JSON values, one for each placeholder
     * @throws dev.muster.plan.MusterException of type {@code badInput} that names the parameter that does not fit
     */
    Tuple bind(List<? extends @Nullable Object> params);

    /** The number of rows that an execution changed. Call on the connection's loop, directly after the execution. */
    default long changed(SqlResult<?> result) {
        return result.rowCount();
    }

    /** The column names as far as they are known before execution; null if they are unknown. */
    @Nullable
    List<String> columns();

    /** The column names of an executed result; null if there was no result set. */
    default @Nullable List<String> columns(SqlResult<?> result) {
        return columns();
    }

    /**
     * Converts a value of a row into a JSON value. Runs on the connection's loop.
     *
     * @throws dev.muster.plan.MusterException if the value has no JSON form
     */
    @Nullable
    Object value(Row row, int column);
}
