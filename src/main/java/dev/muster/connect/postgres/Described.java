package dev.muster.connect.postgres;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the server says of a statement.
 *
 * @param parameters the types of its parameters, as object identifiers
 * @param columns its columns; null where it has no result
 */
record Described(int[] parameters, @Nullable List<Column> columns) {

    /** A column and its type. */
    record Column(String name, int type) {}
}
