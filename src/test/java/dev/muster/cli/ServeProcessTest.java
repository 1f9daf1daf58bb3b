package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Main;
import dev.muster.node.RawCaller;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What only a server that is a process of its own shows. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class ServeProcessTest {

    @TempDir
    Path dir;

    @Test
    void sigterm_letsARunEnd_andTheExitCodeIsZero() throws Exception {
        Process muster = serve(
                "{port: 0, workers: 1, drain: 20s}",
                "plan: slow\nexpose: GET /slow\nsteps: {quick: {set: 1}, slow: {sleep: 3s}}\noutput: = quick\n");
        try (BufferedReader said = muster.inputReader();
                var caller = new RawCaller(port(said))) {
            caller.send("GET /slow HTTP/1.1\r\nHost: localhost\r\nAccept: application/x-ndjson\r\n\r\n");
            caller.until("\"quick\"");
            muster.toHandle().destroy();

            assertThat(caller.rest()).contains("\"event\":\"end\",\"state\":\"done\"");
            assertThat(muster.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(muster.exitValue()).isZero();
        } finally {
            muster.destroyForcibly();
        }
    }

    @Test
    void sigterm_waitsForCleanUpsThatFollowEachOther() throws Exception {
        // Three times a little less than the limit of one clean-up.
        Process muster = serve("{port: 0, workers: 1, drain: 1ms}", """
                plan: slow
                expose: GET /slow
                steps:
                  quick: {set: 1}
                  outer:
                    group:
                      middle:
                        group:
                          inner: {sleep: 1m, finally: {sleep: 1900ms}}
                        finally: {sleep: 1900ms}
                    finally: {sleep: 1900ms}
                output: = quick
                """);
        try (BufferedReader said = muster.inputReader();
                var caller = new RawCaller(port(said))) {
            caller.send("GET /slow HTTP/1.1\r\nHost: localhost\r\nAccept: application/x-ndjson\r\n\r\n");
            caller.until("\"quick\"");
            muster.toHandle().destroy();

            assertThat(caller.rest()).contains("\"event\":\"end\",\"state\":\"cancelled\"");
            assertThat(muster.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(muster.exitValue()).isZero();
        } finally {
            muster.destroyForcibly();
        }
    }

    @Test
    void nobodyReadsTheLog_andAllIsServed_untilTheEnd() throws Exception {
        Process muster = serve(
                "{port: 0, workers: 1, drain: 5s, accessLog: true}",
                "plan: health\nexpose: GET /api/health\noutput: {status: ok}\n");
        try (BufferedReader said = muster.inputReader();
                var caller = new RawCaller(port(said))) {
            // Many times what a pipe takes.
            for (int i = 0; i < 5_000; i++) {
                caller.send("GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
                caller.until("{\"status\":\"ok\"}");
            }
            muster.toHandle().destroy();

            assertThat(muster.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(muster.exitValue()).isZero();
        } finally {
            muster.destroyForcibly();
        }
    }

    private Process serve(String server, String plan) throws Exception {
        Files.createDirectories(dir.resolve("plans"));
        Files.writeString(dir.resolve("muster.yaml"), "server: " + server + "\n");
        Files.writeString(dir.resolve("plans").resolve("plan.yaml"), plan);
        return new ProcessBuilder(List.of(
                        "env",
                        "--default-signal=INT,TERM,HUP",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "serve",
                        "--conf",
                        dir.toString()))
                .redirectErrorStream(true)
                .start();
    }

    private static int port(BufferedReader said) throws Exception {
        String line = said.readLine();
        while (line != null && !line.startsWith("muster serves")) {
            line = said.readLine();
        }
        assertThat(line).as("the line that names the port").isNotNull();
        return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
    }
}
