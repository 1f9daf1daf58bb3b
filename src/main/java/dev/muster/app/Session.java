package dev.muster.app;

import dev.muster.config.Secrets;
import dev.muster.config.Sizes;
import dev.muster.config.Visible;
import dev.muster.json.Json;
import dev.muster.loop.Loop;
import dev.muster.run.Event;
import dev.muster.run.Weight;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Help;

/** One call of a command: its shell, how it talks to people and programs, and how it is stopped. Safe on every thread. */
public final class Session {

    private static final long MOST_FLUSH_MILLIS = 500;
    private static final long MOST_AFTER_DEADLINE_MILLIS = 1_000;
    private static final long ALL_THE_TIME = Long.MAX_VALUE / 2_000_000;

    private static final String NOT_READ = "standard output is not read: more than " + Sizes.format(Pen.BOUND_BYTES)
            + " or " + Pen.BOUND_TEXTS + " events wait for its reader";

    private final Edition edition;
    private final Shell shell;
    private final Stop stop;
    private final Opening opening;
    private final Pen out;
    private final StandardError err;
    private final SecretsMask mask = new SecretsMask();
    private volatile @Nullable Runnable hangUp;
    private volatile boolean inLog;

    Session(Edition edition, Shell shell, Stop stop, Opening opening) {
        this.edition = edition;
        this.shell = shell;
        this.stop = stop;
        this.opening = opening;
        this.out = new Pen("stdout", shell.out(), this::outBroke);
        this.err = new StandardError(shell);
    }

    /** Which jar this is. */
    public Edition edition() {
        return edition;
    }

    /** What surrounds the command. */
    public Shell shell() {
        return shell;
    }

    /** The wish that it end early. */
    public Stop stop() {
        return stop;
    }

    /** What to do instead of ending when the terminal hangs up. */
    void onHangUp(Runnable instead) {
        hangUp = instead;
    }

    /** Does what was to be done when the terminal hangs up; false where nobody said what. */
    boolean hungUp() {
        Runnable instead = hangUp;
        if (instead != null) {
            instead.run();
        }
        return instead != null;
    }

    /** What was begun before anything was read. */
    Opening opening() {
        return opening;
    }

    /** A line for people, on standard error. */
    public void say(String line) {
        say(List.of(line));
    }

    /** Lines for people that belong together. */
    public void say(List<String> lines) {
        if (inLog) {
            lines.forEach(line -> LoggerFactory.getLogger("dev.muster").info("{}", line));
        } else if (!lines.isEmpty() && !stop.isSilent()) {
            err.say(Visible.lines(String.join("\n", lines), "\n") + "\n");
        }
    }

    /** As {@link #say(List)}, lines with colours in them: their other parts are {@linkplain Look#printable printable} already. */
    void sayPainted(List<String> lines) {
        if (!lines.isEmpty() && !stop.isSilent()) {
            err.say(String.join("\n", lines) + "\n");
        }
    }

    /** A line on standard output, whatever its text holds: characters without a shape are shown by their numbers. */
    public void print(String line) {
        out.write(bytes(Visible.line(line) + "\n"));
    }

    /** As {@link #print}, several lines. */
    public void printLines(String lines) {
        out.write(bytes(Visible.lines(lines, "\n") + "\n"));
    }

    /** A value on standard output, as JSON: one line, or for a person in several. */
    public void printJson(@Nullable Object value) {
        if (shell.outIsTerminal()) {
            printLines(Json.pretty(value));
        } else {
            print(Json.write(value));
        }
    }

    /**
     * An event on standard output, as JSON on one line. Never waits: on an event loop too. Where nobody reads and too much waits already, the command is asked to end.
     */
    void printEvent(Event event, Loop loop) {
        Object value = event.toValue();
        boolean taken = out.offer(line(value), Weight.of(value, Pen.BOUND_BYTES));
        if (!taken) {
            // In a turn of its own: whoever tells an event is not ready to be cancelled by it.
            loop.execute(() -> {
                if (stop.ask(ExitCode.FAILED, Signals.reason(NOT_READ))) {
                    say("muster: " + NOT_READ + "; the events end before the run's end");
                }
            });
        }
    }

    /** An item, as {@link #printEvent} has it; completes when there is room for the next one. */
    Future<Void> printItem(Event.Item item) {
        return out.put(line(item.toValue()), Weight.of(item.item(), Pen.BOUND_BYTES));
    }

    /** Put into words where it is written, as that can take long. */
    private static Supplier<byte[]> line(Object value) {
        return () -> {
            byte[] json = Json.writeBytes(value);
            byte[] line = Arrays.copyOf(json, json.length + 1);
            line[json.length] = '\n';
            return Visible.line(line);
        };
    }

    /** The help of a command, on standard output. */
    void printHelp(CommandLine command) {
        printLines(command.getUsageMessage(Help.Ansi.OFF).stripTrailing());
    }

    /** Waits until a future has completed; once somebody has asked for the end, for so long at most. */
    public <T> T await(Future<T> future, long limitMillis) throws InterruptedException {
        CompletableFuture<T> waited = future.toCompletionStage().toCompletableFuture();
        try {
            CompletableFuture.anyOf(waited.handle((value, failure) -> true), stop.asked())
                    .get();
            return waited.get(stop.code().isPresent() ? limitMillis : ALL_THE_TIME, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("what was cancelled did not end within " + limitMillis + " ms", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Whether what is said for people is a line of the log, where machines read standard error. */
    void saysInLog(boolean yes) {
        inLog = yes;
    }

    /**
     * Has a thread of its own write the log from now on until the session ends, with what is said for people in its order, so
     * that a reader of standard error who does not read holds no event loop.
     */
    void writesLogAside() {
        err.writesLog();
    }

    boolean isInLog() {
        return inLog;
    }

    /** Masks these secrets from now on in lines of the log, with those of before. */
    public void maskInLog(Secrets secrets) {
        mask.add(secrets);
        Log.mask(mask);
    }

    Look look() {
        return err.look();
    }

    /** Completes when nothing that was printed waits any more: with whether all was written. */
    CompletableFuture<Boolean> written() {
        return out.whenIdle();
    }

    Screen screen() {
        return err.screen();
    }

    /** Whether lines for people are lost although somebody wants them, as the disk is full say. */
    boolean isErrorLost() {
        return err.isLost();
    }

    /** Ends it: waits until all is written; once somebody has asked for the end, not for long. */
    void close() throws InterruptedException {
        try {
            flush();
        } finally {
            err.close();
            out.rest();
        }
    }

    private void flush() throws InterruptedException {
        stop.orAsked(out.whenIdle().thenCombine(err.whenIdle(), (one, other) -> one));
        if (!stop.isSilent()) {
            out.flush(MOST_FLUSH_MILLIS);
        }
        err.flush(MOST_FLUSH_MILLIS);
    }

    /** Gives what is written so long to be read, in all; never waits for longer. */
    void flush(Duration most) throws InterruptedException {
        out.flush(most.toMillis() / 2);
        err.flush(most.toMillis() / 2);
    }

    /**
     * Gives the reader of what was printed a moment to take it, and then asks the command to end without it: for when the
     * run's deadline has passed, which no reader holds up.
     */
    void endWithoutReader() throws InterruptedException {
        boolean outTaken = out.flush(MOST_AFTER_DEADLINE_MILLIS);
        boolean errTaken = err.flush(MOST_FLUSH_MILLIS);
        if (!(outTaken && errTaken)
                && stop.ask(ExitCode.FAILED, Signals.reason("the deadline has passed, and the output is not read"))) {
            say(
                    "muster: standard output is not read, and the deadline has passed: the events end before the run's end");
        }
    }

    private void outBroke(Throwable failure) {
        if (failure instanceof ReaderGoneException) {
            stop.ask(ExitCode.STDOUT_CLOSED, Signals.reason("nobody reads the output any more"));
        } else if (failure instanceof IOException) {
            String why = String.valueOf(failure.getMessage());
            say("muster: " + why);
            stop.ask(ExitCode.FAILED, Signals.reason(why));
        } else {
            LoggerFactory.getLogger(Session.class).error("a fault of ours", failure);
            stop.ask(ExitCode.FAILED, Signals.reason("the output cannot be written, a fault of ours: " + failure));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
