package dev.muster.cli;

import dev.muster.config.Secrets;
import dev.muster.config.Sizes;
import dev.muster.json.Json;
import dev.muster.json.JsonSize;
import dev.muster.log.AsyncWriter;
import dev.muster.log.Log;
import dev.muster.loop.Loop;
import dev.muster.node.Embedding;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.Event;
import dev.muster.task.CancelReason;
import dev.muster.text.Printable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
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

/** One execution of a command: its shell, its output and its stop request. Safe on any thread. */
public final class Session {

    /** The time that a request under way has after a stop request, if it has no other. */
    public static final Duration MAX_AFTER_STOP = Duration.ofSeconds(5);

    private static final long MAX_FLUSH_MILLIS = 500;
    private static final long MAX_AFTER_DEADLINE_MILLIS = 1_000;
    private static final long ALL_THE_TIME = Long.MAX_VALUE / 2_000_000;

    private static final String NOT_READ = "standard output is not read: more than "
            + Sizes.format(AsyncWriter.BOUND_BYTES) + " or " + AsyncWriter.BOUND_TEXTS + " events wait for its reader";

    private final Embedding embedding;
    private final ProcessIo io;
    private final Stop stop;
    private final Startup startup;
    private final AsyncWriter out;
    private final StandardError err;
    private @Nullable Secrets secrets;
    private volatile @Nullable Runnable hangUp;
    private volatile boolean inLog;

    public Session(Embedding embedding, ProcessIo io, Stop stop, Startup startup) {
        this.embedding = embedding;
        this.io = io;
        this.stop = stop;
        this.startup = startup;
        this.out = new AsyncWriter("stdout", io.out(), this::outBroke);
        this.err = new StandardError(io);
    }

    /** The servers of embedded sources. */
    public Embedding embedding() {
        return embedding;
    }

    /** The environment of the command: streams, variables, terminal. */
    public ProcessIo io() {
        return io;
    }

    /** The stop request of this command. */
    public Stop stop() {
        return stop;
    }

    /** Registers an action that replaces the end of the process when the terminal hangs up (SIGHUP). */
    void onHangUp(Runnable instead) {
        hangUp = instead;
    }

    /** Runs the hang-up action. Returns false if none is registered. */
    boolean hungUp() {
        Runnable instead = hangUp;
        if (instead != null) {
            instead.run();
        }
        return instead != null;
    }

    /** The resources whose start began before the command line was read. */
    public Startup startup() {
        return startup;
    }

    /** Writes a line for people to standard error, or to the log if {@link #saysInLog} is set. */
    public void say(String line) {
        say(List.of(line));
    }

    /** Writes related lines for people without interleaving other lines. */
    public void say(List<String> lines) {
        if (inLog) {
            lines.forEach(line -> LoggerFactory.getLogger("dev.muster").info("{}", line));
        } else if (!lines.isEmpty() && !stop.isSilent()) {
            err.say(Printable.lines(String.join("\n", lines), "\n") + "\n");
        }
    }

    /** As {@link #say(List)}, for lines that contain colours. Their other parts must be {@linkplain TerminalStyle#printable printable} already. */
    void sayPainted(List<String> lines) {
        if (!lines.isEmpty() && !stop.isSilent()) {
            err.say(String.join("\n", lines) + "\n");
        }
    }

    /** Prints a line on standard output. Unprintable characters are shown as escapes. Blocks while too much output waits. */
    public void print(String line) {
        out.write(bytes(Printable.line(line) + "\n"));
    }

    /** As {@link #print}, for several lines. */
    public void printLines(String lines) {
        out.write(bytes(Printable.lines(lines, "\n") + "\n"));
    }

    /** Prints a value on standard output as JSON: on one line, or indented if standard output is a terminal. */
    void printJson(@Nullable Object value) {
        if (io.outIsTerminal()) {
            printLines(Json.pretty(value));
        } else {
            print(Json.write(value));
        }
    }

    /**
     * Prints an event on standard output as one line of JSON. Never blocks, so it is safe on an event loop. If the
     * reader does not read and too much output waits, the command is asked to stop.
     */
    void printEvent(Event event, Loop loop) {
        Object value = event.toValue();
        boolean taken = out.offer(line(value), JsonSize.of(value, AsyncWriter.BOUND_BYTES));
        if (!taken) {
            // In a separate turn of the loop: the code that reports an event is not prepared to be cancelled by that
            // report.
            loop.execute(() -> {
                if (stop.ask(ExitCode.FAILED, CancelReason.of(NOT_READ))) {
                    say("muster: " + NOT_READ + "; the events end before the run's end");
                }
            });
        }
    }

    /** Prints an item as {@link #printEvent} does. The returned future completes when there is room for the next item. */
    Future<Void> printItem(Event.Item item) {
        return out.put(line(item.toValue()), JsonSize.of(item.item(), AsyncWriter.BOUND_BYTES));
    }

    /** Serialized on the writer's thread, because serializing a large value takes long. */
    private static Supplier<byte[]> line(Object value) {
        return () -> {
            byte[] json = Json.writeBytes(value);
            byte[] line = Arrays.copyOf(json, json.length + 1);
            line[json.length] = '\n';
            return Printable.line(line);
        };
    }

    /** Prints the help of a command on standard output. */
    public void printHelp(CommandLine command) {
        printLines(command.getUsageMessage(Help.Ansi.OFF).stripTrailing());
    }

    /** Waits until a future has completed. Once a stop is requested, waits at most for {@link #MAX_AFTER_STOP}. */
    public <T> T await(Future<T> future) throws InterruptedException {
        return await(future, MAX_AFTER_STOP.toMillis());
    }

    /** As {@link #await(Future)}, with another limit. */
    <T> T await(Future<T> future, long limitMillis) throws InterruptedException {
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

    /**
     * The result of a future, unless a stop is requested first: then throws {@code cancelled}, and the awaited work
     * goes on.
     *
     * @param limitMillis the limit after a stop request, as in {@link #await(Future)}
     */
    public <T> T awaitUnlessStopped(Future<T> future, long limitMillis) throws InterruptedException {
        Promise<T> first = Promise.promise();
        future.onComplete((value, failure) -> {
            if (failure == null) {
                first.tryComplete(value);
            } else {
                first.tryFail(failure);
            }
        });
        try (var registration =
                stop.tell(reason -> first.tryFail(new MusterException(ErrorType.CANCELLED, reason.toString())))) {
            return await(first.future(), limitMillis);
        }
    }

    /** Whether lines for people go to the log, for commands whose standard error is read by machines. */
    void saysInLog(boolean yes) {
        inLog = yes;
    }

    /**
     * Moves log writing to a thread of its own until the session ends, interleaved with the lines for people in their
     * order. A slow reader of standard error then blocks no event loop.
     */
    void writesLogAside() {
        err.writesLog();
    }

    public boolean isInLog() {
        return inLog;
    }

    /** Masks these secrets, and those given before, in all later log lines. */
    public synchronized void maskInLog(Secrets read) {
        if (secrets != null && secrets != read) {
            read.include(secrets);
        }
        secrets = read;
        Log.mask(read::mask);
    }

    TerminalStyle style() {
        return err.style();
    }

    /** Completes when no printed output waits: true if all of it was written. */
    public CompletableFuture<Boolean> written() {
        return out.whenIdle();
    }

    Screen screen() {
        return err.screen();
    }

    /** Whether lines for people were lost although standard error is open, for example because the disk is full. */
    public boolean isErrorLost() {
        return err.isLost();
    }

    /** Ends the session: waits until all output is written; once a stop is requested, at most half a second for each stream. */
    public void close() throws InterruptedException {
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
            out.flush(MAX_FLUSH_MILLIS);
        }
        err.flush(MAX_FLUSH_MILLIS);
    }

    /** Waits at most this long, in total, for the pending output to be read. */
    void flush(Duration most) throws InterruptedException {
        out.flush(most.toMillis() / 2);
        err.flush(most.toMillis() / 2);
    }

    /**
     * Gives the reader of the output a moment to take it, and requests a stop if the reader does not. Used after the
     * run's deadline, which no reader extends.
     */
    void endWithoutReader() throws InterruptedException {
        boolean outTaken = out.flush(MAX_AFTER_DEADLINE_MILLIS);
        boolean errTaken = err.flush(MAX_FLUSH_MILLIS);
        if (!(outTaken && errTaken)
                && stop.ask(ExitCode.FAILED, CancelReason.of("the deadline has passed, and the output is not read"))) {
            say(
                    "muster: standard output is not read, and the deadline has passed: the events end before the run's end");
        }
    }

    private void outBroke(Throwable failure) {
        if (failure instanceof ProcessIo.ReaderGoneException) {
            stop.ask(ExitCode.STDOUT_CLOSED, CancelReason.of("the reader of standard output closed it"));
        } else if (failure instanceof IOException) {
            String why = String.valueOf(failure.getMessage());
            say("muster: " + why);
            stop.ask(ExitCode.FAILED, CancelReason.of(why));
        } else {
            LoggerFactory.getLogger(Session.class).error("internal error", failure);
            stop.ask(ExitCode.FAILED, CancelReason.of("the output cannot be written, internal error: " + failure));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
