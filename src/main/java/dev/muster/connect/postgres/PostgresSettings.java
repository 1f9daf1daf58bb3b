package dev.muster.connect.postgres;

import dev.muster.config.Fields;
import dev.muster.config.OwnSecrets;
import dev.muster.config.ShownAddress;
import dev.muster.connect.sql.NamedQuery;
import dev.muster.connect.sql.SqlSettings;
import io.vertx.pgclient.PgConnectOptions;
import java.util.Map;

/**
 * The settings of a source of kind {@code postgres}.
 *
 * @param common what all SQL databases have
 * @param connect how to reach it and log in; holds the password, so never shown
 * @param address host, port and database, as messages may show them
 * @param secrets what of the address is secret
 * @param start what its sessions are told as they begin, and what of it was refused
 */
public record PostgresSettings(
        SqlSettings common, PgConnectOptions connect, String address, OwnSecrets secrets, SessionStart start) {
    /** The word that says the kind of source. */
    public static final String KIND = "postgres";

    /** Reads the words of a source; whatever is wrong with them is noted, and stand-ins are taken. */
    public static PostgresSettings read(String name, Fields fields, Map<String, NamedQuery> queries) {
        SqlSettings common = SqlSettings.read(name, fields, queries);
        PgConnectOptions connect = PgAddress.read(fields);
        String address = PgAddress.text(connect, ShownAddress.of(fields, KIND));
        SessionStart start = SessionStart.read(name, fields, connect, address);
        var settings = new PostgresSettings(common, connect, address, fields.secrets(KIND), start);
        fields.unknownWords();
        return settings;
    }

    /** Whether connections are made by both in the same way. */
    public boolean connectsAs(PostgresSettings other) {
        return connect.toJson().equals(other.connect.toJson()) && start.says(other.start);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "PostgresSettings[" + common.name() + " at " + address + "]";
    }
}
