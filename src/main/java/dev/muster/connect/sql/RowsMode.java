package dev.muster.connect.sql;

import java.util.Arrays;

/** What becomes of the rows of a statement: the word {@code rows}. */
enum RowsMode {
    /** The list of all, bounded. */
    MANY,
    /** The one row, or null. */
    ONE,
    /** The one value of the one row, or null. */
    VALUE,
    /** Dropped. */
    NONE,
    /** One by one. */
    STREAM,
    /** One by one, but held before, bounded, as the server opens no cursor for the statement. No word says so. */
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
