package dev.muster.connect.sql;

import java.util.Arrays;

/** How the rows of a statement become a result: the word {@code rows}. */
enum RowsMode {
    /** A list of all rows, limited by {@code maxRows} and {@code maxResponse}. */
    MANY,
    /** The single row, or null. */
    ONE,
    /** The single value of the single row, or null. */
    VALUE,
    /** The rows are dropped. */
    NONE,
    /** A stream of rows. */
    STREAM,
    /**
     * A stream of rows that are all held in memory first, with the limits of {@link #MANY}, because the server opens no cursor. Has
     * no word.
     */
    HELD;

    static String[] words() {
        return new String[] {"one", "many", "value", "none", "stream"};
    }

    static RowsMode of(String word) {
        return Arrays.stream(values())
                .filter(mode -> mode.name().equalsIgnoreCase(word))
                .findFirst()
                .orElse(MANY);
    }
}
