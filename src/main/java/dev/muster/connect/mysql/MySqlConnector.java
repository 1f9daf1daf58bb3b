package dev.muster.connect.mysql;

import dev.muster.config.SourceConfig;
import dev.muster.connect.SourceKind;
import dev.muster.connect.sql.QueryFile;
import dev.muster.connect.sql.SqlConnector;
import dev.muster.connect.sql.SqlDialect;
import dev.muster.connect.sql.SqlResource;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.List;

/** Creates the connector of the verb {@code mysql}, for MySQL and MariaDB. */
public final class MySqlConnector {
    /** The kind of these sources. */
    public static final SourceKind KIND = new SourceKind(MySqlSettings.KIND, MySqlConnector::open);

    private MySqlConnector() {}

    private static SqlConnector open(List<SourceConfig> sources, SourceKind.Context context) {
        return of(
                context.vertx(),
                sources.stream()
                        .map(source -> MySqlSettings.read(
                                source.name(),
                                context.fields(source),
                                QueryFile.read(context.conf(), source.name(), context.problems())))
                        .toList());
    }

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
