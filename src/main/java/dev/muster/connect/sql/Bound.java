package dev.muster.connect.sql;

import io.vertx.sqlclient.Tuple;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement with its parameters, ready to run.
 *
 * @param tuple the parameters as the driver takes them
 */
record Bound(Prepared prepared, Tuple tuple) {

    /**
     * Binds the parameters.
     *
     * @throws dev.muster.plan.MusterException if they do not fit, or if the rows cannot become what is asked for
     */
    static Bound of(Prepared prepared, List<? extends @Nullable Object> params, RowsMode mode, SqlSource source) {
        Tuple tuple = prepared.bind(params);
        Rows.check(source.name(), prepared, mode);
        return new Bound(prepared, tuple);
    }
}
