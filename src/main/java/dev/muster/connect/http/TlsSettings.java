package dev.muster.connect.http;

import dev.muster.config.Fields;
import dev.muster.connect.TlsFiles;
import io.vertx.core.http.HttpClientOptions;

/**
 * The TLS settings of a source: {@code tls: {trust, verify, cert, key}}.
 *
 * @param files the trusted certificates, and the source's own certificate
 * @param verify whether the server's certificate and name are verified
 */
public record TlsSettings(TlsFiles files, boolean verify) {

    /** The JVM's trust store and no certificate of the source's own. */
    public static final TlsSettings DEFAULT = new TlsSettings(TlsFiles.NONE, true);

    static TlsSettings read(Fields source) {
        return source.fields("tls").map(TlsSettings::readWords).orElse(DEFAULT);
    }

    private static TlsSettings readWords(Fields fields) {
        var settings = new TlsSettings(TlsFiles.read(fields), fields.bool("verify", true));
        fields.unknownWords();
        if (fields.has("trust") && !settings.verify) {
            fields.problem("verify", fields.what() + ": with verify: false nothing is checked, so trust has no use");
        }
        return settings;
    }

    void applyTo(HttpClientOptions options) {
        files.trusted().ifPresent(options::setTrustOptions);
        if (!verify) {
            options.setTrustAll(true).setVerifyHost(false);
        }
        files.identity().ifPresent(options::setKeyCertOptions);
    }
}
