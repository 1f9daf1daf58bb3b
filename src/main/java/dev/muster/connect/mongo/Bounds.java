package dev.muster.connect.mongo;

import dev.muster.plan.MusterException;
import org.jspecify.annotations.Nullable;

/**
 * How much one {@link DriverCall} may read.
 *
 * @param rows documents in all
 * @param bytes of all documents together, or of each where they flow
 * @param flowing whether they flow, so that only what is held at once counts
 */
record Bounds(long rows, long bytes, boolean flowing) {

    /** Of a list. */
    static Bounds list(MongoSettings settings) {
        return new Bounds(settings.maxRows(), settings.maxResponse(), false);
    }

    /** Of documents that flow. */
    static Bounds flow(MongoSettings settings) {
        return new Bounds(Long.MAX_VALUE, settings.maxResponse(), true);
    }

    /** What is wrong with so many rows and bytes; null where nothing is. */
    @Nullable
    MusterException over(long rowsRead, long bytesRead, MongoSource source, String what) {
        if (bytesRead > bytes) {
            return MongoErrors.tooLarge(source, what, this);
        }
        return rowsRead > rows ? MongoErrors.tooMany(source, what) : null;
    }
}
