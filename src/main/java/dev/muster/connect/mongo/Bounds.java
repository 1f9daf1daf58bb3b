package dev.muster.connect.mongo;

import dev.muster.plan.MusterException;
import org.jspecify.annotations.Nullable;

/**
 * The limits of what one {@link DriverCall} reads.
 *
 * @param rows maximum number of documents
 * @param bytes maximum size as BSON of all documents together, or of each document of a stream
 * @param flowing whether the documents are a stream, of which only the part held at once counts
 */
record Bounds(long rows, long bytes, boolean flowing) {

    /** The limits of a list. */
    static Bounds list(MongoSettings settings) {
        return new Bounds(settings.maxRows(), settings.maxResponse(), false);
    }

    /** The limits of a stream. */
    static Bounds flow(MongoSettings settings) {
        return new Bounds(Long.MAX_VALUE, settings.maxResponse(), true);
    }

    /** The error if a limit is exceeded, else null. */
    @Nullable
    MusterException over(long rowsRead, long bytesRead, MongoSource source, String what) {
        if (bytesRead > bytes) {
            return MongoErrors.tooLarge(source, what, this);
        }
        return rowsRead > rows ? MongoErrors.tooMany(source, what) : null;
    }
}
