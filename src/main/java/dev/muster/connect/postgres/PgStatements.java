package dev.muster.connect.postgres;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import io.vertx.sqlclient.impl.PreparedStatementBase;
import io.vertx.sqlclient.impl.SocketConnectionBase;
import io.vertx.sqlclient.internal.PreparedStatement;
import io.vertx.sqlclient.internal.SqlConnectionBase;
import io.vertx.sqlclient.internal.SqlConnectionInternal;
import io.vertx.sqlclient.internal.command.PrepareStatementCommand;
import java.util.List;

/** Access to the driver below its public API, for connections with a {@link PgWire}: all values are text. */
final class PgStatements {
    private PgStatements() {}

    /** Prepares a statement. {@link SqlConnection#prepare} hides some errors until execution, so it is not used. */
    static Future<PreparedStatement> described(SqlConnection connection, String sql) {
        Promise<PreparedStatement> prepared = Promise.promise();
        ((SqlConnectionBase<?>) connection).schedule(new PrepareStatementCommand(sql, null, true), prepared);
        return prepared.future();
    }

    /** Wraps such a statement for execution. */
    static io.vertx.sqlclient.PreparedStatement driven(SqlConnection connection, PreparedStatement statement) {
        var internal = (SqlConnectionInternal) connection;
        var physical = (SocketConnectionBase) internal.unwrap().unwrap();
        return PreparedStatementBase.create(internal.unwrap(), (ContextInternal) physical.context(), statement, true);
    }

    /** Prepares a statement, executes it once and returns its rows. */
    static Future<RowSet<Row>> ask(SqlConnection connection, String sql, Tuple params) {
        return described(connection, sql).compose(statement -> {
            io.vertx.sqlclient.PreparedStatement driven = driven(connection, statement);
            return driven.query().execute(params).compose(rows -> driven.close().map(closed -> rows));
        });
    }

    static String array(List<?> values) {
        return PgArray.format(values, ',', Object::toString);
    }
}
