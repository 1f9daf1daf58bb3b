package dev.muster.connect.postgres;

import dev.muster.config.Fields;
import dev.muster.connect.sql.NamedQuery;
import dev.muster.connect.sql.SqlSettings;
import io.vertx.pgclient.PgConnectOptions;
import java.util.Map;

/**
 * The settings of a source of kind {@code postgres}.
 *
 * @param common what all SQL databases have
 * @param connect how to reach it and log in; holds the password, so never shown
 */
public record PostgresSettings(SqlSettings common, PgConnectOptions connect) {
    /** The word that says the kind of source. */
    public static final String KIND = "postgres";

    /** Reads the words of a source; whatever is wrong with them is noted, and stand-ins are taken. */
    public static PostgresSettings read(String name, Fields fields, Map<String, NamedQuery> queries) {
        var settings = new PostgresSettings(SqlSettings.read(name, fields, queries), PgAddress.read(fields));
        fields.unknownWords();
        return settings;
    }

    /** Host, port and database. */
    public String address() {
        return PgAddress.text(connect);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "PostgresSettings[" + common.name() + " at " + address() + "]";
    }
}
