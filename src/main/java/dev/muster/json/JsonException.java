package dev.muster.json;

import dev.muster.text.Utf8;

/**
 * The error of a text that is not JSON, or of a value that has no JSON form.
 *
 * <p>{@link #line} and {@link #column} count from 1, columns in code points. Both are 0 if a value was being written.
 */
public sealed class JsonException extends RuntimeException permits JsonTooLargeException {
    private static final long serialVersionUID = 1L;
    /** The longest reason, in chars. */
    public static final int MAX_CHARACTERS = 500;

    private final int line;
    private final int column;
    private final String reason;

    JsonException(int line, int column, String reason) {
        super("line " + line + ", column " + column + ": " + shortened(reason));
        this.line = line;
        this.column = column;
        this.reason = shortened(reason);
    }

    JsonException(String reason) {
        super(reason);
        this.line = 0;
        this.column = 0;
        this.reason = reason;
    }

    /** The line of the text, from 1; 0 for writing. */
    public int line() {
        return line;
    }

    /** The column in that line, from 1, in code points; 0 for writing. */
    public int column() {
        return column;
    }

    /** What is wrong, without the position. */
    public String reason() {
        return reason;
    }

    /** Limits the reason, since it can quote the text, which can be large. */
    private static String shortened(String reason) {
        return reason.length() <= MAX_CHARACTERS ? reason : Utf8.beginning(reason, MAX_CHARACTERS - 1) + "…";
    }
}
