package dev.muster.log;

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
 * An asynchronous log writer with a thread of its own, so that a logging thread never waits for the reader of standard
 * error. Lines that exceed the bounds are dropped and counted, errors only at twice the bounds. The next line that is
 * written is preceded by the count. Safe on any thread.
 */
public final class LogWriter {

    /** The bound on waiting lines in bytes; errors are accepted up to twice this bound. */
    static final long BOUND_BYTES = 4L << 20;

    /** The bound on the number of waiting lines; errors are accepted up to twice this bound. */
    static final int BOUND_LINES = 5_000;

    private static final int NOTICE_BYTES = 200;

    private final AsyncWriter pen;
    private long dropped;

    /** Creates a writer to this stream; its thread starts with the first line. */
    public LogWriter(OutputStream to) {
        this.pen = new AsyncWriter("log", new Lasting(to), failure -> {});
    }

    /** Queues a line, or drops it. */
    synchronized void write(Level level, byte[] line) {
        int share = level.isGreaterOrEqual(Level.ERROR) ? 2 : 1;
        tellDropped(share);
        if (dropped > 0 || !taken(() -> line, line.length, share)) {
            dropped++;
        }
    }

    /** Queues lines for people, in order with the log lines. Such lines are few, so they have the bounds of errors. */
    public synchronized void say(String text) {
        byte[] lines = text.getBytes(StandardCharsets.UTF_8);
        tellDropped(2);
        if (!taken(() -> lines, lines.length, 2)) {
            dropped++;
        }
    }

    /** Completes when nothing waits: true if everything was written. */
    public CompletableFuture<Boolean> whenIdle() {
        return pen.whenIdle();
    }

    /** Waits at most this long until everything is written. Returns false if something was not written. */
    public boolean flush(long limitMillis) throws InterruptedException {
        if (!pen.flush(limitMillis / 2)) {
            return false;
        }
        synchronized (this) {
            tellDropped(2);
        }
        return pen.flush(limitMillis / 2);
    }

    /** Ends the writer's thread once nothing waits. */
    public void rest() {
        pen.rest();
    }

    private void tellDropped(int share) {
        long lines = dropped;
        if (lines > 0) {
            LoggingEvent notice = notice(lines);
            // Formatted on the writer's thread, because the notice belongs to no run.
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
                "{} missing here: standard error was not read in time",
                null,
                new Object[] {lines == 1 ? "1 line of the log is" : lines + " lines of the log are"});
        event.addKeyValuePair(new KeyValuePair("dropped", lines));
        return event;
    }

    /** A stream that ignores write failures, so that logging resumes after, for example, a full disk. */
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
                // There is no place to report the failure.
            }
        }
    }
}
