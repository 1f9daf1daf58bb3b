package dev.muster.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;

/** A node with small bounds, and what must hold of it whatever its callers do. */
final class HostileRig implements AutoCloseable {

    private static final long PATIENCE_NANOS = Duration.ofSeconds(20).toNanos();

    final ServeRig rig;
    private final long filesBefore;

    HostileRig(Path conf) throws Exception {
        rig = new ServeRig(conf)
                .config("""
                        server:
                          port: 0
                          workers: 2
                          drain: 1s
                          limits: {requestTime: 500ms, idle: 1s, connections: 500, body: 64KiB, headers: 8KiB}
                        """)
                .plan("health", "expose: GET /api/health\noutput: {status: ok}")
                .plan("echo", "inputSchema: {type: object}\nexpose: POST /echo\noutput: = input")
                .plan("twice", "input: {n: integer}\nexpose: GET /twice/{n}\noutput: = input.n * 2")
                .plan("sleeps", "expose: GET /sleeps\nsteps: {long: {sleep: 20s}}")
                .start();
        assertServes();
        filesBefore = files();
    }

    RawCaller caller() throws Exception {
        return new RawCaller(rig.port());
    }

    int running() {
        return rig.service().dispatcher().running();
    }

    /** The status of an answer, or 0 where there is none. */
    static int status(String answer) {
        return answer.startsWith("HTTP/1.") ? Integer.parseInt(answer.substring(9, 12)) : 0;
    }

    /** It is an error, or nothing at all; in no case does it show our insides. */
    static void assertRefused(String answer) {
        assertThat(status(answer))
                .as(answer)
                .satisfiesAnyOf(
                        code -> assertThat(code).isZero(),
                        code -> assertThat(code).isBetween(400, 505).isNotEqualTo(500));
        assertKeepsToItself(answer);
    }

    static void assertKeepsToItself(String answer) {
        assertThat(answer).doesNotContain("\tat ", "Exception", "dev.muster", "io.vertx", "io.netty", ".java:");
    }

    /** Others are served, no run is left, nor any connection. */
    void assertUnharmed() throws Exception {
        assertServes();
        long start = System.nanoTime();
        while (running() > 0 || files() > filesBefore + 8) {
            assertThat(System.nanoTime() - start)
                    .as("%d runs and %d files left of %d", running(), files(), filesBefore)
                    .isLessThan(PATIENCE_NANOS);
            Thread.onSpinWait();
        }
    }

    /** The same while so many connections that do nothing are held open by their callers: they are closed on our side. */
    void assertUnharmedBut(int held) throws Exception {
        long start = System.nanoTime();
        while (files() > filesBefore + held + 8) {
            assertThat(System.nanoTime() - start).isLessThan(PATIENCE_NANOS);
            Thread.onSpinWait();
        }
        assertServes();
    }

    private void assertServes() throws Exception {
        for (int i = 0; i < 4; i++) {
            try (RawCaller good = caller()) {
                String answer = good.send("GET /api/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                        .rest();
                assertThat(answer).startsWith("HTTP/1.1 200 OK").endsWith("\r\n\r\n{\"status\":\"ok\"}");
            }
        }
    }

    private static long files() {
        var system = (com.sun.management.UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return system.getOpenFileDescriptorCount();
    }

    @Override
    public void close() {
        rig.close();
    }
}
