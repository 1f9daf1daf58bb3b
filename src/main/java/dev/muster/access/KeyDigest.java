package dev.muster.access;

import dev.muster.json.Utf8;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The SHA-256 of a key or token: what is kept of it, and what it is looked up by.
 *
 * <p>A look-up in a hash table takes longer or shorter by what is looked up. That tells nothing here: whoever measures it
 * learns something of the digest of what was sent, which does not help to find another text with a digest that is nearer.
 * The last comparison takes constant time all the same. Fast hashing is enough, as keys are random and long, not words that
 * could be guessed one by one.
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
            // Half a character, as JSON can say it, would become the "?" of a key that has one.
            byte[] bytes = text.getBytes(Utf8.hasHalf(text) ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8);
            return new KeyDigest(MessageDigest.getInstance(ALGORITHM).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has " + ALGORITHM, e);
        }
    }

    /** Of its 64 hexadecimal digits; empty if they are none. */
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
        return other instanceof KeyDigest it && MessageDigest.isEqual(digest, it.digest);
    }

    @Override
    public int hashCode() {
        return digest[0] << 24 | (digest[1] & 0xFF) << 16 | (digest[2] & 0xFF) << 8 | digest[3] & 0xFF;
    }

    /** Nothing of it: a log is no place for what a key can be recognised by. */
    @Override
    public String toString() {
        return ALGORITHM;
    }
}
