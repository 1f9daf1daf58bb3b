package dev.muster.connect.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import java.util.Arrays;

/** The bytes of a body as they come, up to a bound. */
final class Received {

    private static final int MOST_AT_FIRST = 64 << 10;

    private final int limitBytes;
    private byte[] bytes;
    private int size;

    /**
     * Nothing yet.
     *
     * @param expectedBytes what the answer says its body has, or -1
     */
    Received(int limitBytes, long expectedBytes) {
        this.limitBytes = limitBytes;
        // What an answer says of itself is believed only so far: memory is taken for what has come.
        long first = Math.min(Math.max(expectedBytes, 0), Math.min(limitBytes, MOST_AT_FIRST));
        this.bytes = new byte[(int) first];
    }

    /** How many bytes an answer says that its body has, or -1. */
    static long announced(HttpClientResponse head) {
        String text = head.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return text == null ? -1 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Keeps what fits. False if something did not. */
    boolean add(Buffer chunk) {
        int count = Math.min(chunk.length(), limitBytes - size);
        makeRoom(count);
        chunk.getBytes(0, count, bytes, size);
        size += count;
        return count == chunk.length();
    }

    /** As {@link #add(Buffer)}, of a part of an array. */
    boolean add(byte[] from, int offset, int length) {
        int count = Math.min(length, limitBytes - size);
        makeRoom(count);
        System.arraycopy(from, offset, bytes, size, count);
        size += count;
        return count == length;
    }

    private void makeRoom(int count) {
        if (count > bytes.length - size) {
            long roomy = Math.min(Math.max(bytes.length * 2L, (long) size + count), limitBytes);
            bytes = Arrays.copyOf(bytes, (int) roomy);
        }
    }

    int size() {
        return size;
    }

    byte[] bytes() {
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }
}
