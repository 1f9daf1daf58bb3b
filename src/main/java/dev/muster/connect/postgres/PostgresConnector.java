package dev.muster.connect.postgres;

import dev.muster.config.SourceConfig;
import dev.muster.connect.Connector;
import dev.muster.connect.SourceKind;
import dev.muster.connect.sql.Database;
import dev.muster.connect.sql.QueryFile;
import dev.muster.connect.sql.SqlConnector;
import dev.muster.connect.sql.SqlDialect;
import dev.muster.connect.sql.SqlResource;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Creates the connector of the verb {@code postgres}. */
public final class PostgresConnector {
    /** The kind of these sources. */
    public static final SourceKind KIND = new SourceKind(PostgresSettings.KIND, PostgresConnector::open);

    private PostgresConnector() {}

    private static SqlConnector open(List<SourceConfig> sources, SourceKind.Context context) {
        return of(
                context.vertx(),
                sources.stream()
                        .map(source -> PostgresSettings.read(
                                source.name(),
                                context.fields(source),
                                QueryFile.read(context.conf(), source.name(), context.problems())))
                        .toList(),
                source -> source.common().adhoc() ? context.longestAdhocRun() : context.longestRun());
    }

    /** The settings of the Postgres sources of a connector, by name; empty for a connector of another kind. */
    public static Map<String, PostgresSettings> settings(Connector connector) {
        var settings = new LinkedHashMap<String, PostgresSettings>();
        if (connector instanceof SqlConnector sql) {
            for (Database database : sql.databases()) {
                if (database instanceof PostgresDatabase postgres) {
                    settings.put(database.settings().name(), postgres.source());
                }
            }
        }
        return settings;
    }

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
