package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Main;
import java.io.BufferedReader;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What only a process of its own shows: signals, closed pipes, exit codes. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class ProcessTest {
    @TempDir
    Path dir;

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143", "HUP, 129"})
    void signal_cancelsTheRunAndGivesItsExitCode(String signal, int code) throws Exception {
        try (Silent upstream = new Silent()) {
            Process muster = run(upstream, "steps: {a: {http: up, get: /x}}");
            upstream.awaitRequest();
            signal(muster, signal);
            upstream.awaitLeave();
            assertThat(muster.waitFor()).isEqualTo(code);
            assertThat(text(muster.errorReader())).contains("SIG" + signal + ": stopping gracefully", "p cancelled");
            assertThat(text(muster.inputReader())).isEmpty();
        }
    }

    @Test
    void secondSignal_leavesAtOnce() throws Exception {
        try (Silent upstream = new Silent()) {
            Process muster = run(upstream, "steps: {a: {sleep: 1h, finally: {http: up, get: /x}}, q: {sleep: 10ms}}");
            BufferedReader err = muster.errorReader();
            assertThat(muster.inputReader().readLine()).contains("start");
            assertThat(muster.inputReader().readLine()).contains("\"q\"");
            signal(muster, "TERM");
            awaitLine(err, "repeat the signal to stop at once");
            upstream.awaitRequest();
            signal(muster, "TERM");
            assertThat(muster.waitFor()).isEqualTo(143);
            assertThat(text(err)).doesNotContain("p cancelled");
        }
    }

    @Test
    void readerThatLeaves_endsTheRunQuietly() throws Exception {
        try (Silent upstream = new Silent()) {
            Process muster = run(
                    upstream,
                    "steps: {a: {http: up, get: /x}, t: {each: '= lists.range(9999)', concurrency: 1, do: {sleep: 5ms}}}");
            BufferedReader out = muster.inputReader();
            assertThat(out.readLine()).contains("\"start\"");
            upstream.awaitRequest();
            out.close();
            upstream.awaitLeave();
            assertThat(muster.waitFor()).isEqualTo(141);
            // What a newer JVM says of a library is not ours to silence here; scripts/muster does.
            assertThat(text(muster.errorReader()).lines().filter(line -> !line.startsWith("WARNING: ")))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void signal_whileTheInputIsStillAwaited_leavesAtOnce(String signal, int code) throws Exception {
        Path fifo = dir.resolve("input");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        Path plan = Files.writeString(dir.resolve("p.yaml"), "plan: p\noutput: 1\n");
        Process muster = start("run", plan.toString(), "--input", "@" + fifo);
        // Opens once somebody reads.
        try (var writer = new FileOutputStream(fifo.toFile())) {
            writer.write('{');
            signal(muster, signal);
            assertThat(muster.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(muster.exitValue()).isEqualTo(code);
            assertThat(text(muster.errorReader())).contains("SIG" + signal + ": stopped");
        } finally {
            muster.destroyForcibly();
        }
    }

    @Test
    void signal_whileThePlanIsStillAwaited_leavesAtOnce() throws Exception {
        Process muster = start("run", "-");
        try {
            // More than a pipe holds: somebody reads.
            muster.getOutputStream().write(("#" + " ".repeat(200_000)).getBytes(StandardCharsets.UTF_8));
            muster.getOutputStream().flush();
            signal(muster, "TERM");
            assertThat(muster.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(muster.exitValue()).isEqualTo(143);
        } finally {
            muster.destroyForcibly();
        }
    }

    private Process run(Silent upstream, String steps) throws IOException {
        Path conf = Files.createDirectories(dir.resolve("conf"));
        Files.writeString(
                conf.resolve("muster.yaml"),
                "server: {limits: {cleanUp: 1m, runTime: 5m}}\n" + "sources: {up: {http: '" + upstream.address()
                        + "', connectTimeout: 1m}}\n");
        Path plan = Files.writeString(dir.resolve("p.yaml"), "plan: p\n" + steps + "\n");
        List<String> stream = steps.contains("a: {http: up, get: /x}}") ? List.of() : List.of("--stream");
        var command = new ArrayList<>(List.of("run", plan.toString(), "--conf", conf.toString()));
        command.addAll(stream);
        return start(command.toArray(String[]::new));
    }

    private static Process start(String... words) throws IOException {
        // A parent that ignores SIGINT, as shells do for what runs in the background, would hand that on.
        var command = new ArrayList<>(List.of(
                "env",
                "--default-signal=INT,TERM,HUP",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(words));
        return new ProcessBuilder(command).start();
    }

    private static void signal(Process process, String name) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                        .start()
                        .waitFor(30, TimeUnit.SECONDS))
                .isTrue();
    }

    /** Reads on until a line holds this text; the order of a step's line and a signal's is open. */
    private static void awaitLine(BufferedReader reader, String part) throws IOException {
        for (String line = reader.readLine(); line == null || !line.contains(part); line = reader.readLine()) {
            assertThat(line).as("a line with " + part).isNotNull();
        }
    }

    private static String text(BufferedReader reader) throws IOException {
        var text = new StringBuilder();
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            text.append(line).append('\n');
        }
        return text.toString();
    }
}
