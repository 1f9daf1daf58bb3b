package dev.muster.json;

/**
 * Says why a text is not JSON, or why a value cannot be said in JSON.
 *
 * <p>{@link #line} and {@link #column} count from 1, columns in code points; both are 0 when a value was being written.
 */
public sealed class JsonException extends RuntimeException permits JsonTooLargeException {
    private static final long serialVersionUID = 1L;
    /** How long a reason is at most. */
    public static final int MOST_CHARACTERS = 500;

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

    /** The line of the text, from 1; 0 when writing. */
    public int line() {
        return line;
    }

    /** The column in that line, from 1; 0 when writing. */
    public int column() {
        return column;
    }

    /** What is wrong, without the position. */
    public String reason() {
        return reason;
    }

    /** A reason may quote the text, and the text may be large. */
    private static String shortened(String reason) {
        return reason.length() <= MOST_CHARACTERS ? reason : Utf8.beginning(reason, MOST_CHARACTERS - 1) + "…";
    }
}
