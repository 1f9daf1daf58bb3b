package dev.muster.access;

import dev.muster.text.Utf8;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The SHA-256 of a key or token. Only the digest is stored, and it is the key of look-ups.
 *
 * <p>The time of a look-up in a hash table depends on the digest. This leaks nothing useful: from the digest of a text that was
 * sent, an attacker cannot construct another text whose digest is closer to a stored one. The final comparison takes constant
 * time in any case. A fast hash is enough, because keys are long and random and cannot be guessed from a word list.
 */
final class KeyDigest {
    private static final String ALGORITHM = "SHA-256";
    private static final int BYTES = 32;

    private final byte[] digest;

    private KeyDigest(byte[] digest) {
        this.digest = digest;
    }

    static KeyDigest of(String text) {
        try {
            // UTF-8 would turn an unpaired surrogate, which JSON can contain, into "?", and the text could then equal
            // another key.
            byte[] bytes = text.getBytes(Utf8.hasHalf(text) ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8);
            return new KeyDigest(MessageDigest.getInstance(ALGORITHM).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has " + ALGORITHM, e);
        }
    }

    /** Parses 64 hexadecimal digits; empty if the text is anything else. */
    static Optional<KeyDigest> parse(String hex) {
        if (hex.length() != 2 * BYTES) {
            return Optional.empty();
        }
        try {
            return Optional.of(new KeyDigest(HexFormat.of().parseHex(hex.toLowerCase(Locale.ROOT))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof KeyDigest key && MessageDigest.isEqual(digest, key.digest);
    }

    @Override
    public int hashCode() {
        return digest[0] << 24 | (digest[1] & 0xFF) << 16 | (digest[2] & 0xFF) << 8 | digest[3] & 0xFF;
    }

    /** The name of the algorithm: logs must not hold a value by which a key can be recognised. */
    @Override
    public String toString() {
        return ALGORITHM;
    }
}
