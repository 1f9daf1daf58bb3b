package dev.muster.cli;

import dev.muster.log.AsyncWriter;
import dev.muster.log.Log;
import dev.muster.log.LogWriter;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The standard error of a command: lines for people, the live picture, and the log of a serving node. Safe on any thread. */
final class StandardError {

    private final ProcessIo io;
    private final AsyncWriter out;
    private final Screen screen;
    private volatile @Nullable LogWriter log;
    private volatile boolean isLost;
    private @Nullable TerminalStyle style;

    StandardError(ProcessIo io) {
        this.io = io;
        this.out = new AsyncWriter(
                "stderr", io.err(), failure -> isLost = !(failure instanceof ProcessIo.ReaderGoneException));
        this.screen = new Screen(out);
    }

    /** Writes permanent lines. Never blocks. */
    void say(String lines) {
        LogWriter writer = log;
        if (writer == null) {
            screen.say(lines);
        } else {
            writer.say(lines);
        }
    }

    /** The appearance of standard error. The terminal's width is determined once. */
    synchronized TerminalStyle style() {
        TerminalStyle known = style;
        if (known == null) {
            known = io.errIsTerminal()
                    ? TerminalStyle.terminal(io.env())
                    : TerminalStyle.plain(TerminalStyle.unicode(io.env()));
            style = known;
        }
        return known;
    }

    Screen screen() {
        return screen;
    }

    /** Moves log writing to a thread of its own, in order with the lines for people. */
    void writesLog() {
        var writer = new LogWriter(io.err());
        log = writer;
        Log.writeBy(writer);
    }

    /** Completes when nothing waits: true if everything was written. */
    CompletableFuture<Boolean> whenIdle() {
        LogWriter writer = log;
        return writer == null ? out.whenIdle() : out.whenIdle().thenCombine(writer.whenIdle(), Boolean::logicalAnd);
    }

    /** Waits at most this long until everything is written. Returns false if something was not written. */
    boolean flush(long limitMillis) throws InterruptedException {
        LogWriter writer = log;
        return writer == null ? out.flush(limitMillis) : writer.flush(limitMillis);
    }

    /** Whether output was lost although the reader has not left. */
    boolean isLost() {
        return isLost;
    }

    /** Lets the logging threads write the log again, and ends the writer threads. */
    void close() {
        LogWriter writer = log;
        if (writer != null) {
            Log.writeBy(null);
            writer.rest();
        }
        out.rest();
    }
}
