package dev.muster.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/**
 * Writes the lines of a service's log on a thread of its own: whoever logs never waits, however long nobody reads standard error.
 * What does not fit meanwhile is dropped and counted, errors last; the next line that gets through has the count before it.
 * Safe on every thread.
 */
final class LogWriter {

    /** How much of lines may wait, in bytes; errors have as much again. */
    static final long BOUND_BYTES = 4L << 20;

    /** How many lines may wait; as many errors again. */
    static final int BOUND_LINES = 5_000;

    private static final int NOTICE_BYTES = 200;

    private final Pen pen;
    private long dropped;

    /** One that writes to this stream; its thread starts with the first line. */
    LogWriter(OutputStream to) {
        this.pen = new Pen("log", new Lasting(to), failure -> {});
    }

    /** Writes a line in its turn, or drops it. */
    synchronized void write(Level level, byte[] line) {
        int share = level.isGreaterOrEqual(Level.ERROR) ? 2 : 1;
        tellDropped(share);
        if (dropped > 0 || !taken(() -> line, line.length, share)) {
            dropped++;
        }
    }

    /** Writes lines for people, which are few, between those of the log. */
    synchronized void say(String text) {
        byte[] lines = text.getBytes(StandardCharsets.UTF_8);
        tellDropped(2);
        if (!taken(() -> lines, lines.length, 2)) {
            dropped++;
        }
    }

    /** Completes when nothing waits any more. */
    CompletableFuture<Boolean> whenIdle() {
        return pen.whenIdle();
    }

    /** Waits until all is written, for so long at most; false if some was not. */
    boolean flush(long limitMillis) throws InterruptedException {
        if (!pen.flush(limitMillis / 2)) {
            return false;
        }
        synchronized (this) {
            tellDropped(2);
        }
        return pen.flush(limitMillis / 2);
    }

    /** Has its thread end once nothing waits any more. */
    void rest() {
        pen.rest();
    }

    private void tellDropped(int share) {
        long lines = dropped;
        if (lines > 0) {
            LoggingEvent notice = notice(lines);
            // Put into words on the pen's thread: it belongs to no run.
            if (taken(() -> Log.line(notice), NOTICE_BYTES, share)) {
                dropped = 0;
            }
        }
    }

    private boolean taken(Supplier<byte[]> text, long bytes, int share) {
        return pen.tryWrite(text, bytes, share * BOUND_BYTES, share * BOUND_LINES);
    }

    private static LoggingEvent notice(long lines) {
        var event = new LoggingEvent(
                LogWriter.class.getName(),
                (Logger) LoggerFactory.getLogger(LogWriter.class),
                Level.WARN,
                "{} missing here: standard error was not read",
                null,
                new Object[] {lines == 1 ? "1 line of the log is" : lines + " lines of the log are"});
        event.addKeyValuePair(new KeyValuePair("dropped", lines));
        return event;
    }

    /** Goes on after a line that could not be written, to a disk that was full for a while, say. */
    private static final class Lasting extends OutputStream {
        private final OutputStream to;

        Lasting(OutputStream to) {
            this.to = to;
        }

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            try {
                to.write(bytes, from, length);
                to.flush();
            } catch (IOException e) {
                // There is nowhere to say so.
            }
        }
    }
}
