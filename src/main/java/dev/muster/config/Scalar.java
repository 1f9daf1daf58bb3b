package dev.muster.config;

import org.jspecify.annotations.Nullable;

/**
 * A node without children.
 *
 * @param at where it begins
 * @param value null, Boolean, Long, BigInteger, BigDecimal or String, by YAML's core schema
 * @param text as it was written, without quotes and with escapes resolved
 * @param quoted whether it was quoted or a block of text: then it is a String, whatever it looks like
 * @param secret how it may be shown, where it holds secrets; else null
 */
public record Scalar(
        Position at,
        @Nullable Object value,
        String text,
        boolean quoted,
        @Nullable SecretText secret) implements Node {

    /** A scalar that holds no secret. */
    public Scalar(Position at, @Nullable Object value, String text, boolean quoted) {
        this(at, value, text, quoted, null);
    }

    /** Text at a position, as if it had been quoted. */
    public static Scalar of(Position at, String text) {
        return new Scalar(at, text, text, true);
    }

    /** Whether the value is a String. */
    public boolean isText() {
        return value instanceof String;
    }

    /** The text as a message may repeat it: with {@code ***} in the place of secrets. */
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

    /** Without its secrets. */
    @Override
    public String toString() {
        return "Scalar[at=" + at + ", text=" + shown() + ", quoted=" + quoted + "]";
    }
}
