package dev.muster.bus;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into frames: four bytes of length, the highest first, and as many bytes of JSON. It keeps what has
 * come of one frame and no more. A frame that is too long is passed over. For one thread.
 */
final class FrameReader implements Handler<Buffer> {

    private static final int HEAD = 4;
    private static final int FIRST = 1 << 10;

    /** The longest frame that is passed over. Whoever speaks another protocol, as HTTP or TLS, begins with more. */
    static final int MOST_PASSED_OVER = 256 << 20;

    /** Who is told of frames. */
    interface Taker {

        /** A frame is there. */
        void frame(byte[] json);

        /** A frame of a length that none may have was passed over. */
        void passedOver(int length, FrameScan scan);

        /** There is a length at whose end nothing can be expected; nothing is read behind it. */
        void refused(int length);
    }

    private final int mostBytes;
    private final Taker taker;
    private @Nullable FrameScan passed;
    private byte[] body = new byte[0];
    private int head;
    private int headBytes;
    private int bodyBytes;
    private boolean isOver;
    private long frames;

    /** A reader of frames that have so many bytes at most. */
    FrameReader(int mostBytes, Taker taker) {
        this.mostBytes = mostBytes;
        this.taker = taker;
    }

    @Override
    public void handle(Buffer chunk) {
        int at = 0;
        while (at < chunk.length() && !isOver) {
            if (headBytes < HEAD) {
                head = head << 8 | chunk.getUnsignedByte(at++);
                headBytes++;
                if (headBytes == HEAD && (head <= 0 || head > mostBytes)) {
                    begunWrong();
                }
                continue;
            }
            int more = Math.min(head - bodyBytes, chunk.length() - at);
            FrameScan scan = passed;
            if (scan == null) {
                take(chunk, at, more);
            } else {
                passOver(scan, chunk.getBytes(at, at + more));
            }
            at += more;
        }
    }

    private void begunWrong() {
        if (head < 0 || head > MOST_PASSED_OVER) {
            isOver = true;
            taker.refused(head);
        } else {
            passed = new FrameScan();
            passOver(passed, body);
        }
    }

    private void passOver(FrameScan scan, byte[] some) {
        scan.scan(some, 0, some.length);
        bodyBytes += some.length;
        if (bodyBytes == head) {
            int length = head;
            next();
            taker.passedOver(length, scan);
        }
    }

    /** Whether a frame has begun, and is not complete. */
    boolean isAmid() {
        return headBytes > 0;
    }

    /** How many frames were complete. */
    long frames() {
        return frames;
    }

    /** Takes no more. */
    void end() {
        isOver = true;
        body = new byte[0];
    }

    private void take(Buffer chunk, int at, int count) {
        if (body.length < bodyBytes + count) {
            // What was announced is not allocated before it comes.
            int twice = Math.max(FIRST, 2 * body.length);
            body = Arrays.copyOf(body, Math.min(head, Math.max(twice, bodyBytes + count)));
        }
        chunk.getBytes(at, at + count, body, bodyBytes);
        bodyBytes += count;
        if (bodyBytes == head) {
            byte[] whole = body.length == head ? body : Arrays.copyOf(body, head);
            next();
            taker.frame(whole);
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
