package dev.muster.connect;

import dev.muster.config.Fields;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The files of TLS that a source names: {@code tls: {trust, cert, key}}, each relative to the file that names it.
 *
 * @param trust certificates (PEM) that are trusted in the place of the JVM's, or nothing
 * @param cert our certificate (PEM), or nothing; with {@code key}
 * @param key its private key (PEM, PKCS #8)
 */
public record TlsFiles(Optional<Path> trust, Optional<Path> cert, Optional<Path> key) {

    /** No files: the JVM's trust, no certificate of our own. */
    public static final TlsFiles NONE = new TlsFiles(Optional.empty(), Optional.empty(), Optional.empty());

    /** Reads the word {@code tls} of a source, behind which these three stand and no others. */
    public static TlsFiles ofSource(Fields source) {
        return source.fields("tls")
                .map(fields -> {
                    TlsFiles files = read(fields);
                    fields.unknownWords();
                    return files;
                })
                .orElse(NONE);
    }

    /** Reads the words of {@code tls}; what is wrong with these three is noted, other words are left to the caller. */
    public static TlsFiles read(Fields fields) {
        var files = new TlsFiles(file(fields, "trust"), file(fields, "cert"), file(fields, "key"));
        if (fields.has("cert") != fields.has("key")) {
            fields.problem(fields.has("cert") ? "cert" : "key", fields.what() + " needs both cert and key, or neither");
        }
        return files;
    }

    /** Whom to trust, if that is said. */
    public Optional<PemTrustOptions> trusted() {
        return trust.map(path -> new PemTrustOptions().addCertPath(path.toString()));
    }

    /** Our certificate and its key, if both are there. */
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
            // The same as a file that is not there.
        }
        fields.problem(name, name + " of " + fields.what() + ": the file " + fields.shown(name) + " cannot be read");
        return Optional.empty();
    }
}
