package dev.muster.node;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests that chance has bent. {@code -Dmuster.hostile.requests=100000} sends more of them, {@code -Dmuster.hostile.seed}
 * those of a run that failed.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(3600)
class HostileRandomTest {

    private static final int REQUESTS = Integer.getInteger("muster.hostile.requests", 2_000);
    private static final List<String> METHODS =
            List.of("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "BREW", "PRI", "");
    private static final List<String> PATHS = List.of(
            "/api/health",
            "/echo",
            "/twice/3",
            "/twice/x",
            "/v1/plans",
            "/v1/plans/echo/runs",
            "/v1/plans/none/runs",
            "/v1/runs",
            "/v1/runs/01J",
            "/v1/runs/x/events",
            "/health/ready",
            "/openapi.json",
            "/../../x",
            "*",
            "//",
            "");
    private static final List<String> HEADERS = List.of(
            "Host: localhost",
            "Accept: text/event-stream",
            "Accept: application/x-ndjson",
            "Content-Type: application/json",
            "Expect: 100-continue",
            "Transfer-Encoding: chunked",
            "Transfer-Encoding: gzip, chunked",
            "Content-Length: 5",
            "Content-Length: 99999999999999999999",
            "Connection: close",
            "Connection: Upgrade, HTTP2-Settings",
            "Upgrade: h2c",
            "HTTP2-Settings: AAMAAABkAAQAAP__",
            "Authorization: Bearer x.y.z",
            "Last-Event-ID: -7",
            "traceparent: 00-zz-zz-01",
            "Accept-Encoding: gzip, br, zstd, snappy");
    private static final List<String> BODIES = List.of(
            "",
            "{}",
            "{\"n\":",
            "[".repeat(2000),
            "5\r\n{\"a\"}\r\n0\r\n\r\n",
            "{\"plan\": {\"steps\": 7}}",
            "\"\\ud800\"");

    @TempDir
    Path conf;

    @Test
    void bentRequests_areRefusedOrAnswered_andOthersAreServed() throws Exception {
        long seed = Long.getLong("muster.hostile.seed", new Random().nextLong());
        var random = new Random(seed);
        try (var hostile = new HostileRig(conf)) {
            for (int i = 0; i < REQUESTS; i++) {
                byte[] request = request(random);
                try (RawCaller caller = hostile.caller()) {
                    caller.trySend(request);
                    caller.socket.shutdownOutput();
                    HostileRig.assertKeepsToItself(caller.rest());
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError(
                            "request " + i + " of seed " + seed + ": "
                                    + new String(request, StandardCharsets.ISO_8859_1),
                            e);
                }
                if (i % 500 == 499) {
                    hostile.assertUnharmed();
                }
            }
            hostile.assertUnharmed();
        } catch (Exception e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    private static byte[] request(Random random) {
        var text = new StringBuilder();
        int requests = 1 + random.nextInt(3);
        for (int i = 0; i < requests; i++) {
            text.append(one(random));
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
        for (int bend = random.nextInt(4); bend > 0 && bytes.length > 0; bend--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return random.nextInt(4) == 0 ? java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)) : bytes;
    }

    private static String one(Random random) {
        var text = new StringBuilder(pick(METHODS, random) + " " + pick(PATHS, random));
        if (random.nextInt(3) == 0) {
            text.append("?n=1&n=%zz&detach=").append(random.nextInt(3));
        }
        text.append(random.nextInt(10) == 0 ? " HTTP/" + random.nextInt(4) : " HTTP/1.1")
                .append("\r\n");
        for (int headers = random.nextInt(6); headers > 0; headers--) {
            text.append(pick(HEADERS, random)).append(random.nextInt(20) == 0 ? "\n" : "\r\n");
        }
        return text.append("\r\n").append(pick(BODIES, random)).toString();
    }

    private static String pick(List<String> of, Random random) {
        return of.get(random.nextInt(of.size()));
    }
}
