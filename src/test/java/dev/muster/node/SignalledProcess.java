package dev.muster.node;

import static dev.muster.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Main;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Muster in a process of its own that gets signals, with what {@link Extensions} install. What it says is read to the end. */
final class SignalledProcess implements AutoCloseable {

    private static final long MAX_SECONDS = 60;
    private static final String SERVES = "muster serves ";

    private final Process process;
    private final Process signals;
    private final StringBuffer said = new StringBuffer();
    private final CompletableFuture<Integer> port = new CompletableFuture<>();

    private SignalledProcess(Process process, Process signals) {
        this.process = process;
        this.signals = signals;
        var reader = new Thread(() -> read(process.errorReader()), "said-by-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    static SignalledProcess start(Extensions extensions, String... words) throws IOException {
        // A parent that ignores SIGINT, as shells do for what runs in the background, would hand that on.
        var command = new ArrayList<>(List.of(
                "env",
                "--default-signal=INT,TERM,HUP",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                extensions.classPath(),
                Main.class.getName()));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).start();
        try {
            return new SignalledProcess(process, signals(process.pid()));
        } catch (IOException | RuntimeException | Error e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** A shell that is there beforehand, since starting one takes longer than many a cancel, and is counted with it. */
    private static Process signals(long pid) throws IOException {
        return new ProcessBuilder("sh", "-c", "while read -r name; do kill -s \"$name\" " + pid + "; done").start();
    }

    /** What it prints. */
    BufferedReader out() {
        return process.inputReader();
    }

    /** The port that it says it serves at; waits for that. */
    int port() {
        return soon(port);
    }

    /** Sends a signal. */
    void signal(String name) throws IOException {
        BufferedWriter commands = signals.outputWriter();
        commands.write(name + "\n");
        commands.flush();
    }

    /** Its exit code; waits for its end. */
    int code() throws InterruptedException {
        assertThat(process.waitFor(MAX_SECONDS, TimeUnit.SECONDS))
                .as("it ends; it said %s", said)
                .isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        signals.destroyForcibly();
        process.destroyForcibly();
        soon(signals.onExit());
        soon(process.onExit());
    }

    private void read(BufferedReader lines) {
        try (lines) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                said.append(line).append('\n');
                if (line.startsWith(SERVES)) {
                    port.complete(Integer.parseInt(line.substring(line.lastIndexOf(':') + 1)));
                }
            }
        } catch (IOException e) {
            said.append(e);
        }
        port.completeExceptionally(new AssertionError("it does not serve; it said: " + said));
    }
}
