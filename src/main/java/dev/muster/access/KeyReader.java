package dev.muster.access;

import dev.muster.config.Fields;
import dev.muster.config.Node;
import dev.muster.config.Problems;
import dev.muster.config.Scalar;
import java.util.Optional;

/** The reader of the word {@code key} of a caller: the key itself (from a file, a variable or written out) or its SHA-256. */
final class KeyReader {
    static final String HOW_TO_MAKE_ONE = "make a key with: openssl rand -hex 32";

    private static final String HASHED = "sha256:";
    private static final int MIN_CHARACTERS = 16;
    private static final int MAX_CHARACTERS = 1_024;

    private final Problems problems;

    KeyReader(Problems problems) {
        this.problems = problems;
    }

    /** The key's digest; empty if the key is missing or wrong. A wrong key is reported as a problem. */
    Optional<KeyDigest> read(Fields fields) {
        Optional<Node> node = fields.node("key");
        if (node.isEmpty()) {
            return Optional.empty();
        }
        String what = "the key of " + fields.what();
        // Not by Fields.string, whose message would quote a key that looks like a number.
        if (!(node.get() instanceof Scalar scalar) || !scalar.isText()) {
            problems.add(node.get().at(), what + " must be text, in quotes if it looks like a number");
            return Optional.empty();
        }
        // A value from a variable or a file can end in a newline.
        String key = scalar.text().strip();
        if (key.startsWith(HASHED)) {
            Optional<KeyDigest> digest = KeyDigest.parse(key.substring(HASHED.length()));
            if (digest.isEmpty()) {
                problems.add(scalar.at(), what + " must have 64 hexadecimal digits after " + HASHED);
            }
            return digest;
        }
        String wrong = wrong(key);
        if (!wrong.isEmpty()) {
            problems.add(scalar.at(), what + " " + wrong + "; " + HOW_TO_MAKE_ONE);
            return Optional.empty();
        }
        return Optional.of(KeyDigest.of(key));
    }

    private static String wrong(String key) {
        if (key.length() < MIN_CHARACTERS) {
            return "must have at least " + MIN_CHARACTERS + " characters";
        }
        if (key.length() > MAX_CHARACTERS) {
            return "must have at most " + MAX_CHARACTERS + " characters";
        }
        return BearerHeader.isOneWord(key)
                ? ""
                : "must have only visible ASCII characters, without blanks and commas, or it cannot be sent";
    }
}
