package dev.muster.connect.mysql;

import dev.muster.config.Fields;
import dev.muster.config.OwnSecrets;
import dev.muster.config.ShownAddress;
import dev.muster.connect.TlsFiles;
import dev.muster.connect.sql.QueryFile.NamedQuery;
import dev.muster.connect.sql.SqlSettings;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.SslMode;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of a source of kind {@code mysql}.
 *
 * @param common the settings that all SQL databases share
 * @param address where to connect and log in; contains the password, so it must never be shown
 * @param tls the files of its TLS
 * @param statementLimit whether the server limits the time of statements
 * @param peers whether nodes end the statements that a dead node left running
 * @param authority host and port, as messages may show them
 * @param secrets the secret parts of the address
 */
public record MySqlSettings(
        SqlSettings common,
        MySqlAddress address,
        TlsFiles tls,
        boolean statementLimit,
        boolean peers,
        String authority,
        OwnSecrets secrets) {
    /** The word that selects this kind of source. */
    public static final String KIND = "mysql";

    private static final MySqlAddress NOWHERE =
            new MySqlAddress("localhost", 3306, "", "", Optional.empty(), SslMode.PREFERRED);

    /** Reads the settings of a source. Problems are noted, and defaults replace invalid values. */
    public static MySqlSettings read(String name, Fields fields, Map<String, NamedQuery> queries) {
        SqlSettings common = SqlSettings.read(name, fields, queries);
        MySqlAddress address = address(fields);
        var settings = new MySqlSettings(
                common,
                address,
                TlsFiles.ofSource(fields),
                fields.bool("statementLimit", true),
                fields.bool("peers", true),
                ShownAddress.of(fields, KIND).authority(address.authority()),
                fields.secrets(KIND));
        fields.unknownWords();
        return settings;
    }

    private static MySqlAddress address(Fields fields) {
        String text = fields.requireString(KIND);
        try {
            return text.isEmpty() ? NOWHERE : MySqlAddress.parse(text);
        } catch (IllegalArgumentException e) {
            String wrong = fields.secrets(KIND).hide(String.valueOf(e.getMessage()));
            fields.problem(KIND, KIND + " of " + fields.what() + " " + wrong);
            return NOWHERE;
        }
    }

    /** The driver's options. Its statement cache is off, because the SQL session caches statements, and one statement at a time is sent. */
    MySQLConnectOptions options() {
        var options = new MySQLConnectOptions()
                .setHost(address.host())
                .setPort(address.port())
                .setUser(address.user())
                .setPassword(address.password())
                .setCharset("utf8mb4")
                .setCharacterEncoding("UTF-8")
                .setPipeliningLimit(1)
                .setCachePreparedStatements(false)
                .setProperties(Map.of("program_name", "muster", "muster_source", common.name()));
        address.database().ifPresent(options::setDatabase);
        encrypt(options, address.ssl());
        return options;
    }

    private void encrypt(MySQLConnectOptions options, SslMode mode) {
        var ssl = new ClientSSLOptions();
        boolean checks = mode == SslMode.VERIFY_CA || mode == SslMode.VERIFY_IDENTITY;
        ssl.setHostnameVerificationAlgorithm(mode == SslMode.VERIFY_IDENTITY ? "HTTPS" : "");
        ssl.setTrustAll(!checks);
        tls.trusted().ifPresent(ssl::setTrustOptions);
        tls.identity().ifPresent(ssl::setKeyCertOptions);
        // The driver requires explicit trust to check a certificate without the host name; without it, it uses
        // the JVM's trust store.
        boolean byTheJvm = mode == SslMode.VERIFY_CA && tls.trust().isEmpty();
        options.setSslMode(byTheJvm ? SslMode.REQUIRED : mode).setSslOptions(ssl);
    }

    /** The name and address without user and password. */
    @Override
    public String toString() {
        return "MySqlSettings[" + common.name() + " at " + authority + "]";
    }
}
