package dev.muster.connect.postgres;

import dev.muster.connect.sql.SqlConnector;
import dev.muster.connect.sql.SqlDialect;
import dev.muster.connect.sql.SqlResource;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Collection;
import java.util.function.Function;

/** Creates the connector of the verb {@code postgres}. */
public final class PostgresConnector {
    private PostgresConnector() {}

    /**
     * Creates the connector of these sources. Nothing is opened yet.
     *
     * @param longest the longest possible run that uses a source; no statement of the source needs more time
     */
    public static SqlConnector of(
            Vertx vertx, Collection<PostgresSettings> sources, Function<PostgresSettings, Duration> longest) {
        return new SqlConnector(
                PostgresSettings.KIND,
                "Runs a statement in a Postgres database.",
                SqlResource.text(PostgresConnector.class, "example.yaml"),
                SqlDialect.POSTGRES,
                vertx,
                sources.stream()
                        .map(source -> new PostgresDatabase(source, longest.apply(source)))
                        .toList());
    }
}
