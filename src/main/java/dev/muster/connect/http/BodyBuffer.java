package dev.muster.connect.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import java.util.Arrays;

/** The buffer of a body that is being received, up to a limit. */
final class BodyBuffer {

    private static final int MAX_AT_FIRST = 64 << 10;

    private final int limitBytes;
    private byte[] bytes;
    private int size;

    /**
     * Creates an empty buffer.
     *
     * @param limitBytes the maximum number of bytes to keep
     * @param expectedBytes the announced length of the body, or -1
     */
    BodyBuffer(int limitBytes, long expectedBytes) {
        this.limitBytes = limitBytes;
        // The announced length is trusted only up to a bound; beyond it memory is allocated as data arrives.
        long first = Math.min(Math.max(expectedBytes, 0), Math.min(limitBytes, MAX_AT_FIRST));
        this.bytes = new byte[(int) first];
    }

    /** The announced length of a response's body, or -1. */
    static long announced(HttpClientResponse head) {
        String text = head.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return text == null ? -1 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Appends the bytes that fit. Returns false if some did not. */
    boolean add(Buffer chunk) {
        int count = Math.min(chunk.length(), limitBytes - size);
        makeRoom(count);
        chunk.getBytes(0, count, bytes, size);
        size += count;
        return count == chunk.length();
    }

    /** Appends the bytes of a part of an array that fit. Returns false if some did not. */
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
