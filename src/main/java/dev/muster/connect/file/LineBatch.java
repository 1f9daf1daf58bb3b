package dev.muster.connect.file;

import java.util.ArrayList;
import java.util.List;

/** A batch of lines on the way from a worker to the loop, with its limits. */
class LineBatch {
    private static final int ROWS = 1_000;
    private static final long LINE_BYTES = 256 << 10;
    private static final long READ_BYTES = 4 << 20;
    private static final long MAX_READ_BYTES = 64 << 20;

    private final List<Object> lines = new ArrayList<>();
    private long lineBytes;
    private long readBytes;

    void add(Object line, long bytes) {
        lines.add(line);
        lineBytes += bytes;
    }

    void read(long bytes) {
        readBytes += bytes;
    }

    /** Whether the batch must be delivered now, even before the buffer is used up. */
    boolean isFull() {
        return lines.size() >= ROWS || lineBytes >= LINE_BYTES;
    }

    /** Whether to deliver before more is read, so that the first lines arrive soon and the thread serves other work. */
    boolean isEnough() {
        return readBytes >= (lines.isEmpty() ? MAX_READ_BYTES : READ_BYTES);
    }

    List<Object> lines() {
        return lines;
    }

    long lineBytes() {
        return lineBytes;
    }

    /** The batch of a whole list. It is never full, but fails beyond the limits of the source. */
    static final class Whole extends LineBatch {
        private final FileSettings source;
        private final String shown;

        Whole(FileSettings source, String shown) {
            this.source = source;
            this.shown = shown;
        }

        @Override
        void add(Object line, long bytes) {
            super.add(line, bytes);
            if (lines().size() > source.maxRows()) {
                throw FileErrors.limit(
                        source,
                        shown,
                        "has more than " + source.maxRows() + " lines; stream them into an each",
                        "maxRows");
            }
            if (lineBytes() > source.maxReadBytes()) {
                throw FileErrors.limit(
                        source,
                        shown,
                        "has lines of more than " + source.maxReadBytes() + " bytes; stream them into an each",
                        "maxRead");
            }
        }

        @Override
        boolean isFull() {
            return false;
        }

        @Override
        boolean isEnough() {
            return false;
        }
    }
}
