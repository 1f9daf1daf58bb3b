package dev.muster.expr;

/**
 * One error of an expression and its place.
 *
 * @param kind what sort of error it is
 * @param line line within the expression's text, from 1
 * @param column column within that line in code points, from 1
 * @param message what is wrong and what to do, without the place
 */
public record ExpressionProblem(Kind kind, int line, int column, String message) {

    /** Sorts of errors. */
    public enum Kind {
        /** Not an expression. */
        SYNTAX,
        /** An unknown variable, field or function. */
        UNKNOWN,
        /** A value has the wrong type, when compiled or when evaluated. */
        TYPE,
        /** A map has no such key. */
        MISSING_KEY,
        /** A list has no such element. */
        MISSING_INDEX,
        /** Overflow, division by zero, or a number without end. */
        ARITHMETIC,
        /** An argument of the right type that makes no sense: a broken pattern, text that is not a number. */
        BAD_VALUE,
        /** Too many iterations. */
        ITERATIONS,
        /** Another bound was passed. */
        LIMIT
    }
}
