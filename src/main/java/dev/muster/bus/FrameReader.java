package dev.muster.bus;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Cuts a stream of bytes into frames: four bytes of length, the highest first, and as many bytes of JSON. It keeps what has
 * come of one frame and no more. For one thread.
 */
final class FrameReader implements Handler<Buffer> {

    private static final int HEAD = 4;
    private static final int FIRST = 1 << 10;

    private final int mostBytes;
    private final Consumer<byte[]> frame;
    private final IntConsumer refused;
    private byte[] body = new byte[0];
    private int head;
    private int headBytes;
    private int bodyBytes;
    private boolean isOver;
    private long frames;

    /**
     * A reader.
     *
     * @param frame takes each frame
     * @param refused is told, once, a length that no frame may have; nothing is read behind it
     */
    FrameReader(int mostBytes, Consumer<byte[]> frame, IntConsumer refused) {
        this.mostBytes = mostBytes;
        this.frame = frame;
        this.refused = refused;
    }

    @Override
    public void handle(Buffer chunk) {
        int at = 0;
        while (at < chunk.length() && !isOver) {
            if (headBytes < HEAD) {
                head = head << 8 | chunk.getUnsignedByte(at++);
                headBytes++;
                if (headBytes == HEAD && (head <= 0 || head > mostBytes)) {
                    isOver = true;
                    refused.accept(head);
                }
                continue;
            }
            int more = Math.min(head - bodyBytes, chunk.length() - at);
            take(chunk, at, more);
            at += more;
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
            body = new byte[0];
            head = 0;
            headBytes = 0;
            bodyBytes = 0;
            frames++;
            frame.accept(whole);
        }
    }
}
