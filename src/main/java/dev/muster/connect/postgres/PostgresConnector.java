package dev.muster.connect.postgres;

import dev.muster.connect.sql.SqlConnector;
import io.vertx.core.Vertx;
import java.util.Collection;

/** The verb {@code postgres}. */
public final class PostgresConnector {
    private static final String EXAMPLE = """
            product:
              postgres: catalog
              sql: select id, name, price from product where id = $1
              params: [= input.id]
              rows: one
            """;

    private PostgresConnector() {}

    /** The connector of these sources. Nothing is opened yet. */
    public static SqlConnector of(Vertx vertx, Collection<PostgresSettings> sources) {
        return new SqlConnector(
                PostgresSettings.KIND,
                "Asks a Postgres database.",
                EXAMPLE,
                vertx,
                sources.stream().map(PostgresDatabase::new).toList());
    }
}
