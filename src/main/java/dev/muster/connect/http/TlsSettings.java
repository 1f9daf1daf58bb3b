package dev.muster.connect.http;

import dev.muster.config.Fields;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How servers are trusted and how we are: {@code tls: {trust, verify, cert, key}}.
 *
 * @param trust certificates (PEM) that are trusted in the place of the JVM's, or nothing
 * @param verify whether the server's certificate and name are checked
 * @param cert our certificate (PEM), or nothing; with {@code key}
 * @param key its private key (PEM, PKCS #8)
 */
public record TlsSettings(Optional<Path> trust, boolean verify, Optional<Path> cert, Optional<Path> key) {

    /** The JVM's trust, no certificate of our own. */
    public static final TlsSettings DEFAULT =
            new TlsSettings(Optional.empty(), true, Optional.empty(), Optional.empty());

    static TlsSettings read(Fields source) {
        return source.fields("tls").map(TlsSettings::readWords).orElse(DEFAULT);
    }

    private static TlsSettings readWords(Fields fields) {
        var settings = new TlsSettings(
                file(fields, "trust"), fields.bool("verify", true), file(fields, "cert"), file(fields, "key"));
        fields.unknownWords();
        if (fields.has("cert") != fields.has("key")) {
            fields.problem(fields.has("cert") ? "cert" : "key", fields.what() + " needs both cert and key, or neither");
        }
        if (fields.has("trust") && !settings.verify) {
            fields.problem("verify", fields.what() + ": with verify: false nothing is checked, so trust has no use");
        }
        return settings;
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

    void applyTo(HttpClientOptions options) {
        trust.ifPresent(path -> options.setTrustOptions(new PemTrustOptions().addCertPath(path.toString())));
        if (!verify) {
            options.setTrustAll(true).setVerifyHost(false);
        }
        if (cert.isPresent() && key.isPresent()) {
            options.setKeyCertOptions(new PemKeyCertOptions()
                    .setCertPath(cert.get().toString())
                    .setKeyPath(key.get().toString()));
        }
    }
}
