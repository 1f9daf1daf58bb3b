package dev.muster.app;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What a command says on standard error: lines for people, the picture of the moment, and a service's log. Safe on every thread. */
final class StandardError {

    private final Shell shell;
    private final Pen pen;
    private final Screen screen;
    private volatile @Nullable LogWriter log;
    private volatile boolean isLost;
    private @Nullable Look look;

    StandardError(Shell shell) {
        this.shell = shell;
        this.pen = new Pen("stderr", shell.err(), failure -> isLost = !(failure instanceof ReaderGoneException));
        this.screen = new Screen(pen);
    }

    /** Lines that stay. Never waits. */
    void say(String lines) {
        LogWriter writer = log;
        if (writer == null) {
            screen.say(lines);
        } else {
            writer.say(lines);
        }
    }

    /** How it may look; a terminal is asked for its width once. */
    synchronized Look look() {
        Look known = look;
        if (known == null) {
            boolean unicode = Look.unicode(shell.env());
            known = shell.errIsTerminal()
                    ? Look.terminal(Tty.columns(shell.env()), unicode, shell.env())
                    : Look.plain(unicode);
            look = known;
        }
        return known;
    }

    Screen screen() {
        return screen;
    }

    /** Has a thread of its own write the log from now on, with what is said for people in its order. */
    void writesLog() {
        var writer = new LogWriter(shell.err());
        log = writer;
        Log.writeBy(writer);
    }

    /** Completes when nothing waits any more. */
    CompletableFuture<Boolean> whenIdle() {
        LogWriter writer = log;
        return writer == null ? pen.whenIdle() : pen.whenIdle().thenCombine(writer.whenIdle(), Boolean::logicalAnd);
    }

    /** Waits until all is written, for so long at most; false if some was not. */
    boolean flush(long limitMillis) throws InterruptedException {
        LogWriter writer = log;
        return writer == null ? pen.flush(limitMillis) : writer.flush(limitMillis);
    }

    /** Whether some of it could not be written although its reader has not left. */
    boolean isLost() {
        return isLost;
    }

    /** Has the log written again by whoever logs, and its own threads end. */
    void close() {
        LogWriter writer = log;
        if (writer != null) {
            Log.writeBy(null);
            writer.rest();
        }
        pen.rest();
    }
}
