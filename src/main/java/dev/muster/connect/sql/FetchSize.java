package dev.muster.connect.sql;

/**
 * The number of rows that a stream fetches at a time. Batches start with one row and grow while they stay small, so that wide rows
 * come in small batches. A batch of rows as wide as the widest of the previous batch stays below the source's {@code maxResponse}.
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

    /** The number of rows of the next batch. */
    int rows() {
        return rows;
    }

    /** Records the size of the last batch and of its widest row, in bytes. */
    void took(long bytes, long widest) {
        long fitting = bytes < BATCH_BYTES ? rows * 2L : rows * BATCH_BYTES / bytes;
        long safe = mostBytes / Math.max(1, widest);
        rows = (int) Math.max(1, Math.min(most, Math.min(fitting, safe)));
    }
}
