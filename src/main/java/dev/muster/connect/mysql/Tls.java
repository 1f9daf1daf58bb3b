package dev.muster.connect.mysql;

import dev.muster.config.Fields;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.SslMode;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The files of TLS: {@code tls: {trust, cert, key}}. Whether it is spoken, and what is checked, says the address.
 *
 * @param trust certificates (PEM) that are trusted in the place of the JVM's, or nothing
 * @param cert our certificate (PEM), or nothing; with {@code key}
 * @param key its private key (PEM, PKCS #8)
 */
record Tls(Optional<Path> trust, Optional<Path> cert, Optional<Path> key) {
    private static final Tls NONE = new Tls(Optional.empty(), Optional.empty(), Optional.empty());

    static Tls read(Fields source) {
        return source.fields("tls").map(Tls::words).orElse(NONE);
    }

    private static Tls words(Fields fields) {
        var tls = new Tls(file(fields, "trust"), file(fields, "cert"), file(fields, "key"));
        fields.unknownWords();
        if (fields.has("cert") != fields.has("key")) {
            fields.problem(fields.has("cert") ? "cert" : "key", fields.what() + " needs both cert and key, or neither");
        }
        return tls;
    }

    /** A file, relative to the one that names it. */
    private static Optional<Path> file(Fields fields, String name) {
        Optional<String> text = fields.string(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            Path path = Path.of(fields.mapping().at().file()).resolveSibling(text.get());
            if (Files.isRegularFile(path) && Files.isReadable(path)) {
                return Optional.of(path);
            }
        } catch (InvalidPathException e) {
            // The same as a file that is not there.
        }
        fields.problem(name, name + " of " + fields.what() + ": the file " + text.get() + " cannot be read");
        return Optional.empty();
    }

    void applyTo(MySQLConnectOptions options, SslMode mode) {
        var ssl = new ClientSSLOptions();
        boolean checks = mode == SslMode.VERIFY_CA || mode == SslMode.VERIFY_IDENTITY;
        ssl.setHostnameVerificationAlgorithm(mode == SslMode.VERIFY_IDENTITY ? "HTTPS" : "");
        ssl.setTrustAll(!checks);
        trust.ifPresent(path -> ssl.setTrustOptions(new PemTrustOptions().addCertPath(path.toString())));
        if (cert.isPresent() && key.isPresent()) {
            ssl.setKeyCertOptions(new PemKeyCertOptions()
                    .setCertPath(cert.get().toString())
                    .setKeyPath(key.get().toString()));
        }
        // The driver wants to be given trust before it checks a certificate without a name; it has the JVM's by itself.
        boolean byTheJvm = mode == SslMode.VERIFY_CA && trust.isEmpty();
        options.setSslMode(byTheJvm ? SslMode.REQUIRED : mode).setSslOptions(ssl);
    }
}
