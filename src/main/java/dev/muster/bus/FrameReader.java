package dev.muster.bus;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Splits a byte stream into frames: four bytes of length, big-endian, then as many bytes of JSON. Keeps the bytes of one frame
 * only. A frame that is too long is skipped. Not thread-safe.
 */
final class FrameReader implements Handler<Buffer> {

    private static final int HEAD = 4;
    private static final int FIRST = 1 << 10;

    /**
     * The maximum length of a frame that is skipped. A client that speaks another protocol, such as HTTP or TLS, begins with a
     * larger number.
     */
    static final int MAX_SKIPPED = 256 << 20;

    /** The receiver of frames. */
    interface Receiver {

        /** A complete frame. */
        void frame(byte[] json);

        /** A frame of an invalid length was skipped. */
        void skipped(int length, FrameScan scan);

        /** A length beyond the maximum that is skipped. Nothing is read after it. */
        void rejected(int length);
    }

    private final int maxBytes;
    private final Receiver receiver;
    private @Nullable FrameScan passed;
    private byte[] body = new byte[0];
    private int head;
    private int headBytes;
    private int bodyBytes;
    private boolean isOver;
    private long frames;

    /**
     * A reader of frames up to this length.
     *
     * @param maxBytes the maximum length of a frame, in bytes
     */
    FrameReader(int maxBytes, Receiver receiver) {
        this.maxBytes = maxBytes;
        this.receiver = receiver;
    }

    @Override
    public void handle(Buffer chunk) {
        int at = 0;
        while (at < chunk.length() && !isOver) {
            if (headBytes < HEAD) {
                head = head << 8 | chunk.getUnsignedByte(at++);
                headBytes++;
                if (headBytes == HEAD && (head <= 0 || head > maxBytes)) {
                    begunWrong();
                }
                continue;
            }
            int more = Math.min(head - bodyBytes, chunk.length() - at);
            FrameScan scan = passed;
            if (scan == null) {
                take(chunk, at, more);
            } else {
                skip(scan, chunk.getBytes(at, at + more));
            }
            at += more;
        }
    }

    private void begunWrong() {
        if (head < 0 || head > MAX_SKIPPED) {
            isOver = true;
            receiver.rejected(head);
        } else {
            passed = new FrameScan();
            skip(passed, body);
        }
    }

    private void skip(FrameScan scan, byte[] some) {
        scan.scan(some);
        bodyBytes += some.length;
        if (bodyBytes == head) {
            int length = head;
            next();
            receiver.skipped(length, scan);
        }
    }

    /** Whether a frame has begun and is incomplete. */
    boolean isAmid() {
        return headBytes > 0;
    }

    /** The number of complete frames, including skipped ones. */
    long frames() {
        return frames;
    }

    /** Stops reading and releases the buffer. */
    void end() {
        isOver = true;
        body = new byte[0];
    }

    private void take(Buffer chunk, int at, int count) {
        if (body.length < bodyBytes + count) {
            // The buffer grows with the received bytes: an announced length alone allocates nothing.
            int twice = Math.max(FIRST, 2 * body.length);
            body = Arrays.copyOf(body, Math.min(head, Math.max(twice, bodyBytes + count)));
        }
        chunk.getBytes(at, at + count, body, bodyBytes);
        bodyBytes += count;
        if (bodyBytes == head) {
            byte[] whole = body.length == head ? body : Arrays.copyOf(body, head);
            next();
            receiver.frame(whole);
        }
    }

    private void next() {
        body = new byte[0];
        passed = null;
        head = 0;
        headBytes = 0;
        bodyBytes = 0;
        frames++;
    }
}
