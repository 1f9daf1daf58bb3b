package dev.muster.connect.sql;

/**
 * How many rows of a stream are fetched at a time. Batches begin with one row and grow as long as they stay small, so that
 * wide rows come in small ones; and where all rows of the next were as wide as the widest of the last, it would stay below
 * what the source may answer with.
 */
final class FetchSize {
    private static final long BATCH_BYTES = 256L << 10;

    private final int most;
    private final long mostBytes;
    private int rows = 1;

    FetchSize(SqlSettings settings) {
        this.most = settings.fetch();
        this.mostBytes = settings.maxResponse();
    }

    /** Of the next batch. */
    int rows() {
        return rows;
    }

    /** Notes what a batch of that size has weighed, and the widest of its rows. */
    void took(long bytes, long widest) {
        long fitting = bytes < BATCH_BYTES ? rows * 2L : rows * BATCH_BYTES / bytes;
        long safe = mostBytes / Math.max(1, widest);
        rows = (int) Math.max(1, Math.min(most, Math.min(fitting, safe)));
    }
}
