package dev.muster.connect.mysql;

import dev.muster.connect.sql.SqlConnector;
import dev.muster.connect.sql.SqlDialect;
import dev.muster.connect.sql.SqlResource;
import io.vertx.core.Vertx;
import java.util.Collection;

/** Creates the connector of the verb {@code mysql}, for MySQL and MariaDB. */
public final class MySqlConnector {
    private MySqlConnector() {}

    /** Creates the connector of these sources. Nothing is opened yet. */
    public static SqlConnector of(Vertx vertx, Collection<MySqlSettings> sources) {
        return new SqlConnector(
                MySqlSettings.KIND,
                "Runs a statement in a MySQL or MariaDB database.",
                SqlResource.text(MySqlConnector.class, "example.yaml"),
                SqlDialect.MYSQL,
                vertx,
                sources.stream().map(MySqlDatabase::new).toList());
    }
}
