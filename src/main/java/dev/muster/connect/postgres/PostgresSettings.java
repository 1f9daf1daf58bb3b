package dev.muster.connect.postgres;

import dev.muster.config.Fields;
import dev.muster.config.OwnSecrets;
import dev.muster.config.ShownAddress;
import dev.muster.connect.sql.QueryFile.NamedQuery;
import dev.muster.connect.sql.SqlSettings;
import io.vertx.pgclient.PgConnectOptions;
import java.util.Map;

/**
 * The settings of a source of kind {@code postgres}.
 *
 * @param common the settings that all SQL databases share
 * @param connect how to connect and log in; contains the password, so it must never be shown
 * @param address host, port and database, as messages may show them
 * @param secrets the secret parts of the address
 * @param start the startup parameters of its sessions, and which of them were rejected
 */
public record PostgresSettings(
        SqlSettings common, PgConnectOptions connect, String address, OwnSecrets secrets, SessionStart start) {
    /** The word that selects this kind of source. */
    public static final String KIND = "postgres";

    /** Reads the settings of a source. Problems are noted, and defaults replace invalid values. */
    public static PostgresSettings read(String name, Fields fields, Map<String, NamedQuery> queries) {
        SqlSettings common = SqlSettings.read(name, fields, queries);
        PgConnectOptions connect = PgAddress.read(fields);
        String address = PgAddress.text(connect, ShownAddress.of(fields, KIND));
        SessionStart start = SessionStart.read(name, fields, connect, address);
        var settings = new PostgresSettings(common, connect, address, fields.secrets(KIND), start);
        fields.unknownWords();
        return settings;
    }

    /** Whether both settings produce the same connections. */
    public boolean connectsAs(PostgresSettings other) {
        return connect.toJson().equals(other.connect.toJson()) && start.says(other.start);
    }

    /** The name and address without the password. */
    @Override
    public String toString() {
        return "PostgresSettings[" + common.name() + " at " + address + "]";
    }
}
