package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Soon;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Random;

/** A node with small bounds, and what must hold of it whatever its callers do. */
final class HostileRig implements AutoCloseable {

    /** What a batch may leave in pools of memory, much less than it sent. */
    static final long MAX_GROWTH_BYTES = 32L << 20;

    private static final int BATCH = 250;

    final ServeRig rig;
    private final long filesBefore;

    HostileRig(Path conf) throws Exception {
        rig = new ServeRig(conf)
                .config("""
                        server:
                          port: 0
                          workers: 2
                          drain: 1s
                          bridge: {websocket: true, addresses: ['images.*']}
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
        return rig.service().runManager().running();
    }

    private int bridged() {
        return rig.service().bridge().connections();
    }

    /** What a caller does to the node. */
    interface Attack {
        void run(RawCaller caller, Random random) throws IOException;
    }

    /** What somebody else asks for, who must be served. */
    interface Good {
        void asks() throws IOException;
    }

    /**
     * So many callers, each of whom does what chance has it do and leaves. Others are served between them, and what the node
     * holds does not grow. {@code -Dmuster.hostile.frames=100000} has more of them, {@code -Dmuster.hostile.seed} does
     * the same again: the caller that failed is then the first.
     */
    void attack(Attack attack, Good good) throws Exception {
        int callers = Integer.getInteger("muster.hostile.frames", 1_000);
        long seed = Long.getLong("muster.hostile.seed", new Random().nextLong());
        long heldBefore = 0;
        for (int i = 0; i < callers; i++) {
            try (RawCaller caller = caller()) {
                attack.run(caller, new Random(seed + i));
                caller.leaves();
                assertKeepsToItself(caller.rest());
                if (i % BATCH == BATCH - 1) {
                    good.asks();
                    assertUnharmed();
                }
                if (i == BATCH - 1) {
                    heldBefore = heldBytes();
                }
            } catch (AssertionError | Exception e) {
                throw new AssertionError("seed " + (seed + i), e);
            }
        }
        good.asks();
        assertUnharmed();
        if (callers > BATCH) {
            assertThat(heldBytes() - heldBefore)
                    .as("bytes more than after %d callers", BATCH)
                    .isLessThan(MAX_GROWTH_BYTES);
        }
    }

    /** What is in use, on the heap and beside it. */
    static long heldBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
                + PlatformDependent.usedDirectMemory();
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
        Soon.until("no run", () -> running() == 0);
        Soon.until("no connection of a bridge", () -> bridged() == 0);
        Soon.until("no more files than before", () -> files() <= filesBefore + 8);
    }

    /** The same while so many connections that do nothing are held open by their callers: they are closed on our side. */
    void assertUnharmedBut(int held) throws Exception {
        Soon.until("no more files than are held", () -> files() <= filesBefore + held + 8);
        assertServes();
    }

    private void assertServes() throws Exception {
        for (int i = 0; i < 4; i++) {
            try (RawCaller good = caller()) {
                String answer = good.send("GET /api/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
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
