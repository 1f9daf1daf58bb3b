package dev.muster.connect.mongo;

import dev.muster.config.Fields;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The certificates (PEM) that a source trusts instead of the JVM's: {@code tls: {trust: FILE}}. */
final class Trust {
    private Trust() {}

    /** Reads the word. A file without certificates is reported as a problem. */
    static Optional<SSLContext> read(Fields source) {
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
}
