package dev.muster.plan;

import java.util.List;

/**
 * One word that may stand beside a verb: what the parser, the schema and the documentation know of it.
 *
 * @param name as it is written
 * @param type what stands behind it
 * @param about one sentence for the documentation and the schema
 * @param choices the allowed words where the type is {@link Type#ONE_OF}; the verbs of the steps where it is {@link
 *     Type#STEPS}
 * @param required whether the verb needs it
 */
public record Word(String name, Type type, String about, List<String> choices, boolean required) {

    /** What stands behind a word. */
    public enum Type {
        /** Any value; its {@code =} strings are computed. */
        VALUE,
        /** A map of values; its {@code =} strings are computed. */
        VALUES,
        /** A list of values; its {@code =} strings are computed. */
        LIST,
        /** Text, or an expression that gives text. */
        TEXT_VALUE,
        /** Text that is never an expression. */
        TEXT,
        /** A URI template (RFC 6570), or an expression that gives the address itself. */
        URI,
        /** A duration, or an expression that gives one. */
        DURATION_VALUE,
        /** A duration such as {@code 300ms}. */
        DURATION,
        /** A whole number, not negative. */
        INTEGER,
        /** True or false. */
        BOOLEAN,
        /** One of the choices. */
        ONE_OF,
        /** One text or number, or a list of them; never expressions. */
        TEXTS,
        /** A list of steps, each a call of one of some verbs with the same target as this one; see {@link Word#steps}. */
        STEPS
    }

    /** A word that may be left out. */
    public static Word of(String name, Type type, String about) {
        return new Word(name, type, about, List.of(), false);
    }

    /** A word that may be left out and takes one of these. */
    public static Word oneOf(String name, String about, String... choices) {
        return new Word(name, Type.ONE_OF, about, List.of(choices), false);
    }

    /**
     * A word behind which steps stand. The call runs them, one after another, and the source that it names is of a kind that
     * one of these verbs asks.
     */
    public static Word steps(String name, String about, String... verbs) {
        return new Word(name, Type.STEPS, about, List.of(verbs), false);
    }

    /** The same word, needed. */
    public Word needed() {
        return new Word(name, type, about, choices, true);
    }

    /** Whether what stands behind it is computed when the step runs. */
    public boolean isComputed() {
        return switch (type) {
            case VALUE, VALUES, LIST, TEXT_VALUE, URI, DURATION_VALUE -> true;
            default -> false;
        };
    }
}
