package dev.muster.dev;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * A process that does not outlive this one, however this one ends, {@code kill -9} included: a small shell beside it holds
 * the other end of a pipe, and ends the process and removes its folder when the pipe is closed.
 *
 * <p>It is in a session of its own, so that a Ctrl-C in the terminal does not reach it. Safe on every thread.
 */
final class Guarded implements AutoCloseable {
    private static final String SCRIPT = script();
    private static final int MOST_LINES = 30;

    private final String what;
    private final Process process;
    private final Duration patience;
    private final ArrayDeque<String> lastLines = new ArrayDeque<>();
    private final CompletableFuture<Boolean> ready = new CompletableFuture<>();

    private Guarded(Plan plan, Process process) {
        this.what = plan.what;
        this.process = process;
        this.patience = plan.patience.plusSeconds(2);
        var reader = new Thread(() -> read(plan.ready), "muster-" + what);
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * What to run and how to end it.
     *
     * @param what its name in messages
     * @param command its words
     * @param folder removed after its end if it was asked to end; an empty path is none
     * @param input its standard input
     * @param signal asks it to end, such as {@code TERM}
     * @param patience after which it is killed; whole seconds
     * @param ready tells the line it prints when it is ready
     */
    record Plan(
            String what,
            List<String> command,
            Path folder,
            Path input,
            String signal,
            Duration patience,
            Predicate<String> ready) {}

    /** It could not be started, ended before it was ready, or took too long. */
    static final class FailedException extends Exception {
        private static final long serialVersionUID = 1;

        FailedException(String message) {
            super(message);
        }
    }

    static Guarded start(Plan plan) throws FailedException {
        List<String> words = new ArrayList<>(List.of("setsid", "sh", "-c", SCRIPT, "muster-guard", plan.signal));
        words.add(String.valueOf(plan.patience.toSeconds()));
        words.add(plan.folder.toString());
        words.add(plan.input.toString());
        words.addAll(plan.command);
        try {
            return new Guarded(
                    plan, new ProcessBuilder(words).redirectErrorStream(true).start());
        } catch (IOException e) {
            throw new FailedException(plan.what + " cannot be started: " + e.getMessage());
        }
    }

    /** Runs one that ends by itself, and waits for it. */
    static void run(String what, List<String> command, Path folder, Path input, Duration limit)
            throws FailedException, InterruptedException {
        Plan plan = new Plan(what, command, folder, input, "KILL", Duration.ofSeconds(1), line -> false);
        try (Guarded guarded = start(plan)) {
            if (!guarded.process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new FailedException(what + " takes longer than " + limit.toSeconds() + " s" + guarded.said());
            }
            if (guarded.process.exitValue() != 0) {
                throw new FailedException(what + " failed" + guarded.said());
            }
        }
    }

    /** Waits until it says that it is ready. */
    void awaitReady(Duration limit) throws FailedException, InterruptedException {
        try {
            if (!ready.get(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new FailedException(what + " ended while it started" + said());
            }
        } catch (TimeoutException e) {
            throw new FailedException(what + " is not ready after " + limit.toSeconds() + " s" + said());
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What it printed last, to be appended to a message. */
    String said() {
        synchronized (lastLines) {
            return lastLines.isEmpty() ? "" : "; it says:\n  " + String.join("\n  ", lastLines);
        }
    }

    /** Asks it to end and waits for nothing. */
    void release() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // The pipe is broken: its reader has gone already.
            return;
        }
    }

    /** Asks it to end and waits until it has and its folder is gone, not longer than its patience and a little. */
    @Override
    public void close() {
        release();
        boolean interrupted = Thread.interrupted();
        try {
            process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void read(Predicate<String> isReady) {
        try (BufferedReader lines = process.inputReader(UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                keep(line);
                if (isReady.test(line)) {
                    ready.complete(true);
                }
            }
        } catch (IOException e) {
            keep("(" + e.getMessage() + ")");
        }
        ready.complete(false);
    }

    private void keep(String line) {
        synchronized (lastLines) {
            if (lastLines.size() == MOST_LINES) {
                lastLines.remove();
            }
            lastLines.add(line);
        }
    }

    private static String script() {
        try (InputStream in = Objects.requireNonNull(Guarded.class.getResourceAsStream("guard.sh"), "guard.sh")) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("the jar's own script cannot be read", e);
        }
    }
}
