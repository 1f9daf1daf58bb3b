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
 * A child process that never outlives this process, not even after {@code kill -9}. A small shell beside it holds the other end of
 * a pipe; when the pipe closes, it ends the child and removes its folder.
 *
 * <p>The child runs in a separate session, so that Ctrl-C in the terminal does not reach it. Safe on any thread.
 */
final class Guarded implements AutoCloseable {
    private static final String SCRIPT = script();
    private static final int MAX_LINES = 30;

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
     * A command and how to end it.
     *
     * @param what the name in messages
     * @param command the command and its arguments
     * @param folder a folder to remove after the process was asked to end; an empty path for none
     * @param input the standard input
     * @param signal the signal that asks the process to end, such as {@code TERM}
     * @param patience how long after the signal it is killed; whole seconds
     * @param ready matches the output line that reports readiness
     */
    record Plan(
            String what,
            List<String> command,
            Path folder,
            Path input,
            String signal,
            Duration patience,
            Predicate<String> ready) {}

    /** Thrown if the process could not be started, failed, ended before it was ready, or took too long. */
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

    /** Runs a command that ends by itself and waits for its end. */
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

    /** Waits until the process reports readiness. */
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

    /** The last lines of its output, to append to a message; empty if there are none. */
    String said() {
        synchronized (lastLines) {
            return lastLines.isEmpty() ? "" : "; its output:\n  " + String.join("\n  ", lastLines);
        }
    }

    /** Asks the process to end and does not wait. */
    void release() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // The pipe is broken: its reader has already ended.
            return;
        }
    }

    /** Asks the process to end and waits for its end and the removal of its folder, at most for its patience plus 2 s. */
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
            if (lastLines.size() == MAX_LINES) {
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
