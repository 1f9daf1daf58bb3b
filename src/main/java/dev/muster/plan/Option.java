package dev.muster.plan;

import java.util.List;

/**
 * The specification of a word beside a verb. It drives parsing, schema and documentation. Immutable.
 *
 * @param name the word as written
 * @param type the type of its value
 * @param about one sentence for the documentation and the schema
 * @param choices the allowed values if the type is {@link Type#ONE_OF}; the verbs of the inner steps if it is
 *     {@link Type#STEPS}
 * @param required whether the word is required
 */
public record Option(String name, Type type, String about, List<String> choices, boolean required) {

    /** The type of a word's value. */
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
        /** A whole number of 64 bits, not negative. */
        INTEGER,
        /** True or false. */
        BOOLEAN,
        /** One of the choices. */
        ONE_OF,
        /** One text or number, or a list of them; never expressions. */
        TEXTS,
        /** A list of inner steps: calls of the listed verbs with the same target as this call; see {@link Option#steps}. */
        STEPS
    }

    /** An optional word. */
    public static Option of(String name, Type type, String about) {
        return new Option(name, type, about, List.of(), false);
    }

    /** An optional word with one of these values. */
    public static Option oneOf(String name, String about, String... choices) {
        return new Option(name, Type.ONE_OF, about, List.of(choices), false);
    }

    /**
     * A word whose value is a list of steps. The call runs them one after another. The source that the call names is of a
     * kind that one of these verbs uses.
     */
    public static Option steps(String name, String about, String... verbs) {
        return new Option(name, Type.STEPS, about, List.of(verbs), false);
    }

    /** The same word, required. */
    public Option needed() {
        return new Option(name, type, about, choices, true);
    }

    /** Whether the value can be an expression, computed when the step runs. */
    public boolean isComputed() {
        return switch (type) {
            case VALUE, VALUES, LIST, TEXT_VALUE, URI, DURATION_VALUE -> true;
            default -> false;
        };
    }
}
