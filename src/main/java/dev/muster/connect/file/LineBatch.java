package dev.muster.connect.file;

import java.util.ArrayList;
import java.util.List;

/** Lines on their way from the worker to the loop, with what says when they are enough. */
class LineBatch {
    private static final int ROWS = 1_000;
    private static final long LINE_BYTES = 256 << 10;
    private static final long READ_BYTES = 4 << 20;
    private static final long MOST_READ_BYTES = 64 << 20;

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

    /** Whether it must be handed over, in mid-buffer. */
    boolean isFull() {
        return lines.size() >= ROWS || lineBytes >= LINE_BYTES;
    }

    /** Whether it may be handed over before more is read: first lines soon, and others get a turn on the thread. */
    boolean isEnough() {
        return readBytes >= (lines.isEmpty() ? MOST_READ_BYTES : READ_BYTES);
    }

    List<Object> lines() {
        return lines;
    }

    long lineBytes() {
        return lineBytes;
    }

    /** All lines of a list: never enough, but a limit. */
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
                        "gives more than " + source.maxRows() + " lines; let them flow into each",
                        "maxRows");
            }
            if (lineBytes() > source.maxReadBytes()) {
                throw FileErrors.limit(
                        source,
                        shown,
                        "gives lines of more than " + source.maxReadBytes() + " bytes; let them flow into each",
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
