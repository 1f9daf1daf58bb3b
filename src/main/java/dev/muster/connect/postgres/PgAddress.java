package dev.muster.connect.postgres;

import dev.muster.config.Fields;
import dev.muster.config.ShownAddress;
import dev.muster.connect.TlsFiles;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import io.vertx.pgclient.impl.PgConnectionUriParser;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Parses {@code postgres://user:password@host:port/database?sslmode=…} and {@code tls: {trust, cert, key}}. */
final class PgAddress {
    private static final Set<String> PARTS =
            Set.of("user", "password", "host", "port", "database", "sslMode", "properties");

    /** The driver's default application name. */
    private static final String DRIVERS_NAME = "vertx-pg-client";

    /** Session settings on which the documented text forms of values depend. The address cannot override them. */
    static final Map<String, String> SESSION = Map.of(
            "client_encoding",
            "UTF8",
            "TimeZone",
            "UTC",
            "DateStyle",
            "ISO, YMD",
            "IntervalStyle",
            "iso_8601",
            "bytea_output",
            "hex",
            "extra_float_digits",
            "1",
            "lc_monetary",
            "C");

    private PgAddress() {}

    static PgConnectOptions read(Fields fields) {
        PgConnectOptions options = options(fields, fields.requireString(PostgresSettings.KIND));
        Map<String, String> properties = new HashMap<>(options.getProperties());
        properties.replace("application_name", DRIVERS_NAME, "muster");
        properties.remove("datestyle");
        properties.putAll(SESSION);
        options.setProperties(properties);
        options.setPipeliningLimit(1).setCachePreparedStatements(false).setReconnectAttempts(0);
        boolean trusted = tls(fields, options);
        mode(fields, options, trusted);
        return options;
    }

    /** Host, port and database, as messages may show them. The database defaults to the user's name. */
    static String text(PgConnectOptions options, ShownAddress shown) {
        String host = options.isUsingDomainSocket() ? options.getHost() : options.getHost() + ":" + options.getPort();
        String database = options.getDatabase().equals(options.getUser())
                ? shown.user(options.getDatabase())
                : options.getDatabase();
        return shown.authority(host) + shown.path("/" + database);
    }

    private static PgConnectOptions options(Fields fields, String uri) {
        JsonObject parts = new JsonObject();
        if (!uri.isEmpty()) {
            try {
                parts = PgConnectionUriParser.parse(uri);
            } catch (RuntimeException e) {
                // The parser's message would reveal the password.
                fields.problem(
                        PostgresSettings.KIND,
                        "postgres of " + fields.what() + " must be an address such as"
                                + " postgres://user:password@host:5432/database, special characters in it as %40,"
                                + " sslmode one of disable, allow, prefer, require, verify-ca, verify-full");
            }
            for (String part : parts.fieldNames()) {
                if (!PARTS.contains(part)) {
                    fields.problem(
                            PostgresSettings.KIND,
                            "postgres of " + fields.what() + " has a parameter \""
                                    + fields.secrets(PostgresSettings.KIND).hide(part)
                                    + "\" that is not known; known are sslmode, application_name, search_path, options");
                }
            }
        }
        String user = parts.getString("user", "postgres");
        parts.put("user", user);
        parts.put("password", parts.getString("password", ""));
        parts.put("database", parts.getString("database", user));
        Object mode = parts.getMap().remove("sslMode");
        Object properties = parts.getMap().remove("properties");
        PgConnectOptions options = new PgConnectOptions(parts);
        if (mode instanceof SslMode sslMode) {
            options.setSslMode(sslMode);
        }
        if (properties instanceof Map<?, ?> map) {
            map.forEach((name, value) -> options.addProperty(name.toString(), value.toString()));
        }
        return options;
    }

    private static boolean tls(Fields source, PgConnectOptions options) {
        var ssl = new ClientSSLOptions().setHostnameVerificationAlgorithm("");
        options.setSslOptions(ssl);
        TlsFiles files = TlsFiles.ofSource(source);
        files.trusted().ifPresent(ssl::setTrustOptions);
        files.identity().ifPresent(ssl::setKeyCertOptions);
        return files.trust().isPresent();
    }

    /** Applies the rules of libpq: {@code require} encrypts without verifying the server, unless trusted certificates are given. */
    private static void mode(Fields fields, PgConnectOptions options, boolean trusted) {
        ClientSSLOptions ssl = options.getSslOptions();
        if (trusted && options.getSslMode() == SslMode.DISABLE) {
            options.setSslMode(SslMode.VERIFY_FULL);
        }
        switch (options.getSslMode()) {
            case VERIFY_CA, VERIFY_FULL -> {
                if (ssl.getTrustOptions() == null) {
                    ssl.setTrustOptions(ofJvm());
                }
                if (options.getSslMode() == SslMode.VERIFY_FULL) {
                    ssl.setHostnameVerificationAlgorithm("HTTPS");
                }
            }
            default -> ssl.setTrustAll(ssl.getTrustOptions() == null);
        }
        if (fields.has("tls") && options.getSslMode() == SslMode.DISABLE) {
            fields.problem("tls", "tls of " + fields.what() + " needs sslmode=require or more in the address");
        }
    }

    private static TrustOptions ofJvm() {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            return TrustOptions.wrap((X509TrustManager) factory.getTrustManagers()[0]);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JVM has no trusted certificates", e);
        }
    }
}
