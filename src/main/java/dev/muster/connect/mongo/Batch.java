package dev.muster.connect.mongo;

import java.util.List;

/**
 * What one fetch has brought.
 *
 * @param items in their order
 * @param bytes of all documents, as BSON
 * @param last whether there is no more
 */
record Batch(List<Object> items, long bytes, boolean last) {
    static final Batch NONE = new Batch(List.of(), 0, false);
}
