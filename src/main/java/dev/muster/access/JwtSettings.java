package dev.muster.access;

import dev.muster.config.Fields;
import dev.muster.config.Secrets;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The tokens that are accepted: {@code server.jwt: {jwks, issuer, audience}}. All three are required: issuers sign tokens for
 * many audiences with one key, so a token for another audience would otherwise be accepted.
 *
 * @param keys the issuer's keys
 * @param issuer the required issuer
 * @param audience the required audience
 */
record JwtSettings(KeySource keys, String issuer, String audience) {
    private static final int MAX_PORT = 65_535;

    /** Reads the words; empty if one is missing or wrong, which is reported as a problem. */
    static Optional<JwtSettings> read(Fields fields, Path folder, Secrets secrets) {
        Optional<KeySource> keys = keys(fields, fields.requireString("jwks"), folder, secrets);
        String issuer = fields.requireString("issuer");
        String audience = fields.requireString("audience");
        fields.unknownWords();
        return keys.map(source -> new JwtSettings(source, issuer, audience));
    }

    private static Optional<KeySource> keys(Fields fields, String jwks, Path folder, Secrets secrets) {
        if (jwks.isEmpty()) {
            return Optional.empty();
        }
        String name = "jwks of " + fields.what();
        if (jwks.stripLeading().startsWith("{")) {
            fields.problem("jwks", name + " must be the path of the file or an address, not what is in the file");
            return Optional.empty();
        }
        if (jwks.contains("://")) {
            if (!isAddress(jwks)) {
                fields.problem(
                        "jwks",
                        name + " must be an address such as https://id.example.com/jwks, without a user, or a file");
                return Optional.empty();
            }
            return Optional.of(new FetchedKeys(jwks, HttpKeyFetch::new));
        }
        try {
            return Optional.of(new KeySource.Fixed(file(folder, jwks, secrets)));
        } catch (IllegalArgumentException e) {
            fields.problem("jwks", name + ": the file " + fields.shown("jwks") + " cannot be used: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static boolean isAddress(String text) {
        try {
            URI uri = new URI(text);
            String scheme = String.valueOf(uri.getScheme());
            return (scheme.equalsIgnoreCase("https") || scheme.equalsIgnoreCase("http"))
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getPort() != 0
                    && uri.getPort() <= MAX_PORT;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static VerificationKeys file(Path folder, String name, Secrets secrets) {
        try (InputStream in = Files.newInputStream(folder.resolve(name))) {
            byte[] text = in.readNBytes(VerificationKeys.MAX_BYTES + 1);
            if (text.length > VerificationKeys.MAX_BYTES) {
                throw new IllegalArgumentException("it is longer than " + VerificationKeys.MAX_BYTES + " bytes");
            }
            VerificationKeys keys = VerificationKeys.parse(text, false);
            keys.secrets().forEach(secrets::add);
            return keys;
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("it does not exist", e);
        } catch (InvalidPathException | IOException e) {
            throw new IllegalArgumentException(
                    "it cannot be read (" + e.getClass().getSimpleName() + ")", e);
        }
    }
}
