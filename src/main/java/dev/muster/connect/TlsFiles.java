package dev.muster.connect;

import dev.muster.config.Fields;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The TLS files of a source: {@code tls: {trust, cert, key}}, each relative to the configuration file that names it.
 *
 * @param trust certificates (PEM) to trust instead of the JVM's, or empty
 * @param cert the client certificate (PEM), or empty; requires {@code key}
 * @param key the private key of the certificate (PEM, PKCS #8), or empty
 */
public record TlsFiles(Optional<Path> trust, Optional<Path> cert, Optional<Path> key) {

    /** No files: the JVM's trust store and no client certificate. */
    public static final TlsFiles NONE = new TlsFiles(Optional.empty(), Optional.empty(), Optional.empty());

    /** Reads the word {@code tls} of a source. Any word other than these three is a problem. */
    public static TlsFiles ofSource(Fields source) {
        return source.fields("tls")
                .map(fields -> {
                    TlsFiles files = read(fields);
                    fields.unknownWords();
                    return files;
                })
                .orElse(NONE);
    }

    /** Reads the three words from {@code tls} and notes their problems. The caller handles all other words. */
    public static TlsFiles read(Fields fields) {
        var files = new TlsFiles(file(fields, "trust"), file(fields, "cert"), file(fields, "key"));
        if (fields.has("cert") != fields.has("key")) {
            fields.problem(fields.has("cert") ? "cert" : "key", fields.what() + " needs both cert and key, or neither");
        }
        return files;
    }

    /** The trusted certificates, if configured. */
    public Optional<PemTrustOptions> trusted() {
        return trust.map(path -> new PemTrustOptions().addCertPath(path.toString()));
    }

    /** The client certificate and its key, if both are configured. */
    public Optional<PemKeyCertOptions> identity() {
        return cert.flatMap(path -> key.map(
                secret -> new PemKeyCertOptions().setCertPath(path.toString()).setKeyPath(secret.toString())));
    }

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
            // Handled like a missing file.
        }
        fields.problem(name, name + " of " + fields.what() + ": the file " + fields.shown(name) + " cannot be read");
        return Optional.empty();
    }
}
