package dev.muster.app;

import static dev.muster.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Muster in a process of its own that gets signals, with what {@link Extensions} install. What it says is read to the end. */
final class SignalledProcess implements AutoCloseable {

    private static final long MOST_SECONDS = 60;
    private static final String SERVES = "muster serves ";

    private final Process process;
    private final StringBuffer said = new StringBuffer();
    private final CompletableFuture<Integer> port = new CompletableFuture<>();

    private SignalledProcess(Process process) {
        this.process = process;
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
        return new SignalledProcess(new ProcessBuilder(command).start());
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
    void signal(String name) throws IOException, InterruptedException {
        if (name.equals("TERM")) {
            process.toHandle().destroy();
            return;
        }
        Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
        assertThat(kill.waitFor(MOST_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    /** Its exit code; waits for its end. */
    int code() throws InterruptedException {
        assertThat(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS))
                .as("it ends; it said %s", said)
                .isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
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
