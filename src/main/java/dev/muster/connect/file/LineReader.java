package dev.muster.connect.file;

import dev.muster.connect.StopSignal;
import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.json.JsonLimits;
import dev.muster.text.Utf8;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the selected lines of a file in batches and in constant memory: one buffer of 256 KiB, which grows for a long line up to
 * the line limit.
 *
 * <p>The reader sees the size the file had when it was opened, not lines added later. A line ends with a line feed and an optional
 * carriage return before it; the last line can lack both. Only selected lines are decoded, so invalid UTF-8 in other lines is
 * harmless. For one thread at a time.
 */
final class LineReader implements AutoCloseable {
    private static final int CHUNK_BYTES = 256 << 10;

    private static final String REFUSED =
            "has a line that the source rejects (malformed: refuse; replace reads it with U+FFFD): it ";

    /** Maximum size of one read. The JVM keeps a direct buffer as large as the largest read for each reading thread. */
    static final int READ_BYTES = 64 << 10;

    private final FileSettings source;
    private final String shown;
    private final FileChannel channel;
    private final LineFilter filter;
    private final boolean asJson;
    private final long size;
    private byte[] buffer = new byte[CHUNK_BYTES];
    /** The file position of the buffer's first byte. */
    private long offset;
    /** Unprocessed bytes: whole lines from {@code from} to {@code whole}, then the start of a line up to {@code to}. */
    private int from;

    private int whole;
    private int to;
    private boolean isEnd;

    LineReader(FileSettings source, String shown, FileChannel channel, LineFilter filter, boolean asJson)
            throws IOException {
        this.source = source;
        this.shown = shown;
        this.channel = channel;
        this.filter = filter;
        this.asJson = asJson;
        this.size = channel.size();
    }

    /** Adds selected lines to a batch until it is full. Returns false at the end of the file. */
    boolean read(LineBatch batch, StopSignal stop) throws IOException, InterruptedException {
        while (true) {
            int at = filter.find(buffer, from, whole);
            if (at >= 0) {
                take(batch, at);
                if (batch.isFull()) {
                    return true;
                }
            } else {
                from = whole;
                if (isEnd) {
                    return false;
                }
                if (batch.isEnough()) {
                    return true;
                }
                stop.throwIfStopped();
                fill(batch);
            }
        }
    }

    int bufferBytes() {
        return buffer.length;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /**
     * Decodes a part of a buffer, and fails if it is not UTF-8.
     *
     * @param offset the file position of the buffer, for the position in the error
     * @param refused the error text before "is not UTF-8"
     */
    static String decode(
            FileSettings source, String shown, byte[] bytes, int start, int length, long offset, String refused) {
        int wrong = Utf8.firstWrong(bytes, start, length);
        if (wrong >= 0) {
            throw FileErrors.of(source, shown, refused + "is not UTF-8, from byte " + (offset + wrong) + " on");
        }
        return new String(bytes, start, length, StandardCharsets.UTF_8);
    }

    static int endOfLine(byte[] bytes, int at, int to) {
        int end = at;
        while (end < to && bytes[end] != LineFilter.NEWLINE) {
            end++;
        }
        return end;
    }

    static int withoutReturn(byte[] bytes, int start, int end) {
        return end > start && bytes[end - 1] == '\r' ? end - 1 : end;
    }

    private void take(LineBatch batch, int at) {
        int start = at;
        while (start > from && buffer[start - 1] != LineFilter.NEWLINE) {
            start--;
        }
        int end = endOfLine(buffer, at, whole);
        from = Math.min(end + 1, whole);
        if (end - start > source.maxLineBytes()) {
            throw tooLong(start);
        }
        Object line = value(start, withoutReturn(buffer, start, end));
        if (line != null) {
            batch.add(line, end - start);
        }
    }

    private @Nullable Object value(int start, int end) {
        if (!asJson) {
            return text(start, end);
        }
        if (isBlank(start, end)) {
            return null;
        }
        try {
            Object value = source.replacesMalformed()
                    ? Json.parse(text(start, end), JsonLimits.DEFAULT)
                    : Json.parse(buffer, start, end - start, JsonLimits.DEFAULT);
            if (value == null) {
                throw FileErrors.of(source, shown, "has a line with null, at byte " + (offset + start));
            }
            return value;
        } catch (JsonException e) {
            throw FileErrors.of(
                    source, shown, "has a line that is not JSON, at byte " + (offset + start) + ": " + e.reason(), e);
        }
    }

    private String text(int start, int end) {
        return source.replacesMalformed()
                ? new String(buffer, start, end - start, StandardCharsets.UTF_8)
                : decode(source, shown, buffer, start, end - start, offset, REFUSED);
    }

    private boolean isBlank(int start, int end) {
        int at = start;
        while (at < end && (buffer[at] == ' ' || buffer[at] == '\t')) {
            at++;
        }
        return at == end;
    }

    private void fill(LineBatch batch) throws IOException {
        makeRoom();
        int most = (int) Math.min(Math.min(READ_BYTES, buffer.length - to), size - offset - to);
        int read = most <= 0 ? -1 : channel.read(ByteBuffer.wrap(buffer, to, most));
        if (read < 0) {
            isEnd = true;
            whole = to;
            return;
        }
        batch.read(read);
        int end = to + read;
        int newline = end - 1;
        while (newline >= to && buffer[newline] != LineFilter.NEWLINE) {
            newline--;
        }
        if (newline >= to) {
            whole = newline + 1;
        } else if (end - from > source.maxLineBytes()) {
            throw tooLong(from);
        }
        to = end;
    }

    private void makeRoom() {
        if (from > 0) {
            System.arraycopy(buffer, from, buffer, 0, to - from);
            offset += from;
            to -= from;
            whole -= from;
            from = 0;
        }
        if (to == buffer.length) {
            buffer = Arrays.copyOf(buffer, (int) Math.min(2L * buffer.length, Integer.MAX_VALUE - 8));
        }
    }

    private RuntimeException tooLong(int start) {
        return FileErrors.limit(
                source,
                shown,
                "has a line of more than " + source.maxLineBytes() + " bytes, at byte " + (offset + start),
                "maxLine");
    }
}
