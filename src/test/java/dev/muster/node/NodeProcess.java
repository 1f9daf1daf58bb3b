package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A node that serves in a process of its own. What it says is read to the end; the last lines are kept for messages. */
public final class NodeProcess implements AutoCloseable {
    private static final int MAX_LINES = 50;

    private final Process process;
    private final int port;
    private final ArrayDeque<String> said = new ArrayDeque<>();

    private NodeProcess(Process process, BufferedReader lines) throws IOException {
        this.process = process;
        AtExit.close(this);
        this.port = port(lines);
        var reader = new Thread(() -> drain(lines), "said-by-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts one and waits until it listens.
     *
     * @param before words before the command, such as those that give it another clock
     * @param options of {@code serve}
     */
    public static NodeProcess start(Path conf, List<String> before, String... options) throws IOException {
        var words = new ArrayList<>(before);
        words.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "serve",
                "--conf",
                conf.toString()));
        words.addAll(List.of(options));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        try {
            return new NodeProcess(process, process.inputReader());
        } catch (IOException | RuntimeException | Error e) {
            process.destroyForcibly();
            throw e;
        }
    }

    public int port() {
        return port;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** As {@code kill -9} does; waits for its end. */
    void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
        AtExit.forget(this);
    }

    /** Sends it a signal that it survives, {@code STOP} or {@code CONT}. */
    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).as("kill -%s", name).isZero();
    }

    /** Tells it to stop as {@code kill} does; its exit code, if it ends within so many seconds. */
    int terminated(int seconds) throws InterruptedException {
        process.toHandle().destroy();
        assertThat(process.waitFor(seconds, TimeUnit.SECONDS))
                .as("it ends; it said %s", said())
                .isTrue();
        AtExit.forget(this);
        return process.exitValue();
    }

    /** What it said last. */
    synchronized String said() {
        return String.join("\n", said);
    }

    @Override
    public void close() {
        kill();
    }

    private void drain(BufferedReader lines) {
        try (lines) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                keep(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized void keep(String line) {
        if (said.size() == MAX_LINES) {
            said.remove();
        }
        said.add(line);
    }

    private int port(BufferedReader lines) throws IOException {
        String line = lines.readLine();
        while (line != null && !line.startsWith("muster serves")) {
            keep(line);
            line = lines.readLine();
        }
        assertThat(line).as("the line that names the port; it said %s", said()).isNotNull();
        return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
    }
}
