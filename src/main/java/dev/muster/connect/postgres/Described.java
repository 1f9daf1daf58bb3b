package dev.muster.connect.postgres;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The server's description of a statement.
 *
 * @param parameters the types of the parameters, as object identifiers (OIDs)
 * @param columns the columns; null if the statement has no result set
 */
record Described(int[] parameters, @Nullable List<Column> columns) {

    /** A column and its type, as an object identifier. */
    record Column(String name, int type) {}
}
