package dev.muster.expr;

/**
 * One error of an expression, with its position.
 *
 * @param kind the kind of the error
 * @param line the line within the expression's text, from 1
 * @param column the column within that line, from 1, in code points
 * @param message what is wrong and what to do, without the position
 */
public record ExpressionProblem(Kind kind, int line, int column, String message) {

    /** The kinds of errors. */
    public enum Kind {
        /** The text is not an expression. */
        SYNTAX,
        /** An unknown variable, field or function. */
        UNKNOWN,
        /** A value has the wrong type, at compilation or evaluation. */
        TYPE,
        /** A map has no such key. */
        MISSING_KEY,
        /** A list has no such element. */
        MISSING_INDEX,
        /** Overflow, division by zero, or a number that is not finite. */
        ARITHMETIC,
        /** An argument of the right type with an invalid value, such as a malformed pattern or a text that is not a number. */
        BAD_VALUE,
        /** The limit of iterations was exceeded. */
        ITERATIONS,
        /** Another limit was exceeded. */
        LIMIT
    }

    // ---- messages that paths and CEL expressions share, so that both fail with the same text

    static String missingKey(String key) {
        return "there is no key '" + brief(key)
                + "'; if it can be missing, test with has(x.key) or use x.?key.orValue(…)";
    }

    static String missingIndex(String index) {
        return "there is no element " + index + "; elements are counted from 0, and size(list) is their number";
    }

    static String noFields(String field) {
        return "cannot take '." + field + "': the value before it is not a map";
    }

    static String noElements() {
        return "[ ] takes a whole number after a list, or a key after a map";
    }

    static String notFinite(String number) {
        return "the result holds " + number + ", which JSON cannot express";
    }

    /** The first 200 chars of a text that can contain a caller's values. */
    static String brief(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "…";
    }
}
