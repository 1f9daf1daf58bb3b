package dev.muster.connect.mongo;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.ServerAddress;
import com.mongodb.WriteConcern;
import dev.muster.config.Fields;
import dev.muster.config.OwnSecrets;
import dev.muster.config.Secrets;
import dev.muster.config.ShownAddress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a source of kind {@code mongo}.
 *
 * @param name the source's name
 * @param uri the servers, with authentication, TLS and replica set; holds secrets, so never shown
 * @param database the database that the address names
 * @param trust certificates that TLS trusts instead of the JVM's; empty for the JVM's
 * @param pool maximum number of connections to a server, and of concurrent commands, for the whole node
 * @param maxWaiting maximum number of tasks that wait for a permit of the pool
 * @param waitTimeout limit of such a wait
 * @param connectTimeout limit for connecting
 * @param serverSelectionTimeout limit for finding a server that can respond
 * @param maxRows maximum number of documents of a list
 * @param maxResponse maximum size of all documents of a list, and of each document of a stream, in bytes of BSON
 * @param fetch maximum number of documents fetched at a time, unless a step sets {@code batchSize}
 * @param optional whether the node is ready without this source
 * @param adhoc whether ad-hoc plans may use the source
 * @param servers host and port of each server of the address, mapped to their form for messages
 * @param secrets the secrets in the address
 */
public record MongoSettings(
        String name,
        ConnectionString uri,
        String database,
        Optional<SSLContext> trust,
        int pool,
        int maxWaiting,
        Duration waitTimeout,
        Duration connectTimeout,
        Duration serverSelectionTimeout,
        int maxRows,
        int maxResponse,
        int fetch,
        boolean optional,
        boolean adhoc,
        Map<String, String> servers,
        OwnSecrets secrets) {

    /** The word of the kind of source. */
    public static final String KIND = "mongo";

    private static final String STAND_IN = "mongodb://nobody.invalid/none";
    private static final long MAX_BYTES = 1L << 30;
    private static final Duration USUAL = Duration.ofSeconds(5);

    /** Reads the settings of a source. Mistakes are reported as problems and replaced by defaults. */
    public static MongoSettings read(String name, Fields fields) {
        ConnectionString uri = uri(fields);
        String database = Optional.ofNullable(uri.getDatabase()).orElse("none");
        var settings = new MongoSettings(
                name,
                uri,
                database,
                trust(fields),
                fields.integer("pool", 1, 10_000, number(uri.getMaxConnectionPoolSize(), 16)),
                fields.integer("maxWaiting", 0, 10_000_000, 1_000),
                fields.duration("waitTimeout", millis(uri.getMaxWaitTime())),
                positive(fields, "connectTimeout", millis(uri.getConnectTimeout())),
                positive(fields, "serverSelectionTimeout", millis(uri.getServerSelectionTimeout())),
                fields.integer("maxRows", 1, 10_000_000, 100_000),
                bytes(fields, "maxResponse", 16L << 20),
                fields.integer("fetch", 1, 100_000, 256),
                fields.bool("optional", false),
                fields.bool("adhoc", false),
                servers(uri, ShownAddress.of(fields, KIND)),
                fields.secrets(KIND));
        if (fields.has("tls") && !Boolean.TRUE.equals(uri.getSslEnabled())) {
            fields.problem("tls", "tls of " + fields.what() + " needs an address with tls=true");
        }
        fields.unknownWords();
        return settings;
    }

    /** The driver's settings without threads, codecs and listeners, which the caller adds. */
    MongoClientSettings.Builder driver() {
        var driver = MongoClientSettings.builder()
                .applyConnectionString(uri)
                .applyToConnectionPoolSettings(connections -> connections
                        .minSize(0)
                        .maxSize(pool)
                        .maxWaitTime(Math.max(1, waitTimeout.toMillis()), TimeUnit.MILLISECONDS))
                .applyToClusterSettings(servers ->
                        servers.serverSelectionTimeout(serverSelectionTimeout.toMillis(), TimeUnit.MILLISECONDS))
                .applyToSocketSettings(
                        socket -> socket.connectTimeout(connectTimeout.toMillis(), TimeUnit.MILLISECONDS));
        trust.ifPresent(context -> driver.applyToSslSettings(tls -> tls.context(context)));
        return uri.getApplicationName() == null ? driver.applicationName("muster") : driver;
    }

    /** Host and port of a server, for messages. Servers that the servers themselves name are shown as they are. */
    String shown(ServerAddress server) {
        return servers.getOrDefault(server.toString(), server.toString());
    }

    /** Reads {@code tls: {trust: FILE}}: certificates (PEM) to trust instead of the JVM's. */
    private static Optional<SSLContext> trust(Fields source) {
        return source.fields("tls").flatMap(fields -> {
            String file = fields.requireString("trust");
            fields.unknownWords();
            return file.isEmpty() ? Optional.empty() : context(fields, file);
        });
    }

    private static Optional<SSLContext> context(Fields fields, String file) {
        try {
            Path path = Path.of(fields.mapping().at().file()).resolveSibling(file);
            try (InputStream in = Files.newInputStream(path)) {
                return Optional.of(context(in));
            }
        } catch (InvalidPathException | IOException e) {
            fields.problem(
                    "trust", "trust of " + fields.what() + ": the file " + fields.shown("trust") + " cannot be read");
        } catch (GeneralSecurityException e) {
            fields.problem(
                    "trust",
                    "trust of " + fields.what() + ": the file " + fields.shown("trust")
                            + " holds no certificates (PEM)");
        }
        return Optional.empty();
    }

    private static SSLContext context(InputStream pem) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
            trusted.setCertificateEntry("trusted-" + trusted.size(), certificate);
        }
        if (trusted.size() == 0) {
            throw new GeneralSecurityException("no certificate");
        }
        var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        var context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    private static Map<String, String> servers(ConnectionString uri, ShownAddress shown) {
        List<String> hosts = uri.getHosts();
        String[] parts = shown.authority(String.join(",", hosts)).split(",", -1);
        Map<String, String> servers = new HashMap<>();
        for (int i = 0; i < hosts.size(); i++) {
            String server = new ServerAddress(hosts.get(i)).toString();
            String part = parts.length == hosts.size() ? parts[i] : Secrets.MASK;
            servers.put(server, part.contains(Secrets.MASK) ? part : server);
        }
        return servers;
    }

    private static ConnectionString uri(Fields fields) {
        String text = fields.requireString(KIND);
        Optional<String> wrong = text.isEmpty() ? Optional.of("") : scheme(text);
        ConnectionString uri = new ConnectionString(STAND_IN);
        if (wrong.isEmpty()) {
            try {
                uri = new ConnectionString(text);
                wrong = content(uri);
            } catch (IllegalArgumentException e) {
                // The driver's message can quote a part of the address, and with it the password.
                wrong = Optional.of("is not a valid address; reserved characters such as : / ? # [ ] @ in user"
                        + " and password are written as %3A and so on, and options after the database: ?name=value");
            }
        }
        wrong.filter(why -> !why.isEmpty())
                .ifPresent(why -> fields.problem(KIND, KIND + " of " + fields.what() + " " + why));
        return wrong.isEmpty() ? uri : new ConnectionString(STAND_IN);
    }

    private static Optional<String> scheme(String text) {
        if (text.startsWith("mongodb+srv://")) {
            return Optional.of("cannot be mongodb+srv://, which uses DNS before any address is checked;"
                    + " write the hosts: mongodb://host1,host2/database?tls=true");
        }
        return text.startsWith("mongodb://")
                ? Optional.empty()
                : Optional.of("must be an address such as mongodb://host:27017/database");
    }

    private static Optional<String> content(ConnectionString uri) {
        String database = uri.getDatabase();
        if (database == null || database.isEmpty()) {
            return Optional.of("has no database; write it after the hosts: mongodb://host:27017/database");
        }
        WriteConcern concern = uri.getWriteConcern();
        if (concern != null && !concern.isAcknowledged()) {
            return Optional.of("has w=0, so writes would not be confirmed; leave it out");
        }
        return Optional.empty();
    }

    private static int number(@Nullable Integer value, int otherwise) {
        return value == null || value < 1 ? otherwise : value;
    }

    private static Duration millis(@Nullable Integer value) {
        return value == null || value < 1 ? USUAL : Duration.ofMillis(value);
    }

    private static Duration positive(Fields fields, String word, Duration otherwise) {
        Duration value = fields.duration(word, otherwise);
        if (value.toMillis() < 1 || value.toMillis() > Integer.MAX_VALUE) {
            fields.problem(word, word + " of " + fields.what() + " must be from 1ms to some days");
            return otherwise;
        }
        return value;
    }

    private static int bytes(Fields fields, String word, long otherwise) {
        long value = fields.size(word, otherwise);
        if (value < 1 || value > MAX_BYTES) {
            fields.problem(word, word + " of " + fields.what() + " must be from 1B to 1GiB");
            return (int) otherwise;
        }
        return (int) value;
    }

    /** Without the address, which can hold a password. */
    @Override
    public String toString() {
        return "MongoSettings[" + name + ", " + database + ", pool=" + pool + "]";
    }
}
