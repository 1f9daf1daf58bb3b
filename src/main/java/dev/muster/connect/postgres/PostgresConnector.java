package dev.muster.connect.postgres;

import dev.muster.connect.sql.SqlConnector;
import dev.muster.connect.sql.SqlDialect;
import dev.muster.connect.sql.SqlResource;
import io.vertx.core.Vertx;
import java.util.Collection;

/** The verb {@code postgres}. */
public final class PostgresConnector {
    private PostgresConnector() {}

    /** The connector of these sources. Nothing is opened yet. */
    public static SqlConnector of(Vertx vertx, Collection<PostgresSettings> sources) {
        return new SqlConnector(
                PostgresSettings.KIND,
                "Asks a Postgres database.",
                SqlResource.text(PostgresConnector.class, "example.yaml"),
                SqlDialect.POSTGRES,
                vertx,
                sources.stream().map(PostgresDatabase::new).toList());
    }
}
