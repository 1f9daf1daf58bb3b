package dev.muster.cli;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/** A stream of numbered lines without end, which knows how far it was read. */
public final class Endless extends InputStream {

    private final AtomicLong lines = new AtomicLong();
    private byte[] line = new byte[0];
    private int at;

    /** How many lines somebody has begun to read. */
    public long lines() {
        return lines.get();
    }

    @Override
    public int read() {
        if (at == line.length) {
            line = (lines.incrementAndGet() + "\n").getBytes(StandardCharsets.US_ASCII);
            at = 0;
        }
        return line[at++];
    }

    @Override
    public int read(byte[] to, int from, int length) {
        for (int i = 0; i < length; i++) {
            to[from + i] = (byte) read();
        }
        return length;
    }
}
