package dev.muster.connect.mongo;

import java.util.List;

/**
 * One fetched batch of a cursor.
 *
 * @param items the results, in order
 * @param bytes size of all documents together, as BSON
 * @param last whether this is the last batch
 */
record Batch(List<Object> items, long bytes, boolean last) {
    static final Batch NONE = new Batch(List.of(), 0, false);
}
