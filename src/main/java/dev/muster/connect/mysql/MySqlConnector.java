package dev.muster.connect.mysql;

import dev.muster.connect.sql.SqlConnector;
import io.vertx.core.Vertx;
import java.util.Collection;

/** The verb {@code mysql}, for MySQL and MariaDB. */
public final class MySqlConnector {
    private static final String EXAMPLE = """
            sold:
              mysql: shop
              sql: select count(*) from orders where product_id = ?
              params: [= input.id]
              rows: value
            """;

    private MySqlConnector() {}

    /** The connector of these sources. Nothing is opened yet. */
    public static SqlConnector of(Vertx vertx, Collection<MySqlSettings> sources) {
        return new SqlConnector(
                MySqlSettings.KIND,
                "Asks a MySQL or MariaDB database.",
                EXAMPLE,
                vertx,
                sources.stream().map(MySqlDatabase::new).toList());
    }
}
