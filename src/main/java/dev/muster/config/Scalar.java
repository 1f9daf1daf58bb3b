package dev.muster.config;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A node without children. Immutable.
 *
 * @param at the position at which the node begins
 * @param value null, Boolean, Long, BigInteger, BigDecimal or String by YAML's core schema, or the Double -0.0
 * @param text the text as written, without quotes and with escapes resolved
 * @param quoted whether it was quoted or a block of text; then the value is a String
 * @param secret the text for messages if it holds secrets, or null
 */
public record Scalar(
        Position at,
        @Nullable Object value,
        String text,
        boolean quoted,
        @Nullable Secret secret) implements Node {

    /**
     * The secrets in a text.
     *
     * @param shown the text with {@code ***} for each secret; masked by position, not by a search for the values
     * @param values the secrets
     */
    public record Secret(String shown, Set<String> values) {}

    /** A scalar without secrets. */
    public Scalar(Position at, @Nullable Object value, String text, boolean quoted) {
        this(at, value, text, quoted, null);
    }

    /** A text, treated as quoted. */
    public static Scalar of(Position at, String text) {
        return new Scalar(at, text, text, true);
    }

    /** Whether the value is a String. */
    public boolean isText() {
        return value instanceof String;
    }

    /** The text for messages, with {@code ***} for secrets. */
    public String shown() {
        return secret == null ? text : secret.shown();
    }

    @Override
    public @Nullable Object toValue() {
        return value;
    }

    @Override
    public String describe() {
        if (value == null) {
            return "nothing";
        }
        if (value instanceof String) {
            return "text";
        }
        return value instanceof Boolean ? text : "a number";
    }

    /** A description without secrets. */
    @Override
    public String toString() {
        return "Scalar[at=" + at + ", text=" + shown() + ", quoted=" + quoted + "]";
    }
}
