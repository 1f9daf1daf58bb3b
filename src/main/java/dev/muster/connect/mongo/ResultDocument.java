package dev.muster.connect.mongo;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A document of a result as a JSON value.
 *
 * @param value the fields
 * @param bytes size as BSON
 */
record ResultDocument(Map<String, @Nullable Object> value, int bytes) {}
