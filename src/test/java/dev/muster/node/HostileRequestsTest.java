package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Soon;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers who send what no client would: each is refused or left alone, and the others are served. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class HostileRequestsTest {

    private static final String END = "Host: localhost\r\n\r\n";

    @AutoClose
    private HostileRig hostile;

    @BeforeEach
    void rig(@TempDir Path conf) throws Exception {
        hostile = new HostileRig(conf);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n\r\n\0\1\2\3\r\n\r\n",
                "HELO\r\n\r\n",
                "GET /api/health\r\n\r\n",
                "GET /api/health HTTP/9.9\r\n\r\n",
                "GET /api/health HTTP/1.1 and more\r\n\r\n",
                "G\u00e9T /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /api/health HTTP/1.1\r\nno colon\r\n\r\n",
                "GET /api/health HTTP/1.1\r\nna me: x\r\n\r\n",
                "GET /api/health HTTP/1.1\r\nx: a\0b\r\n\r\n",
                "GET http://[::1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET /v1/runs/%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET /twice/%ff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET /twice/1?a=%z HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "POST /echo HTTP/1.1\r\nContent-Length: ten\r\n\r\n{}",
                "POST /echo HTTP/1.1\r\nContent-Length: -1\r\n\r\n{}",
                "POST /echo HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
                "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
                "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n{}\r\n0\r\n\r\n",
                "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}\r\n0\r\n\r\n",
                "POST /echo HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n{}",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nand then no frame at all, only text",
                "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
                "CONNECT x:1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: !!\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
            })
    void malformed_isRefused(String request) throws Exception {
        try (RawCaller caller = hostile.caller()) {
            HostileRig.assertRefused(caller.send(request).rest());
        }
        hostile.assertUnharmed();
    }

    @Test
    void olderHttp_needsNoHost() throws Exception {
        for (String path : List.of("/api/health", "/health/live", "/v1/plans")) {
            for (String line : List.of(" HTTP/1.0\r\n\r\n", " HTTP/1.0\r\nHost: localhost\r\n\r\n")) {
                try (RawCaller caller = hostile.caller()) {
                    assertThat(caller.send("GET " + path + line).rest())
                            .as(path)
                            .contains(" 200 OK\r\n");
                }
            }
            try (RawCaller caller = hostile.caller()) {
                assertThat(caller.send("GET " + path + " HTTP/1.1\r\nConnection: close\r\n\r\n")
                                .rest())
                        .as(path)
                        .startsWith("HTTP/1.1 400 ");
            }
        }
    }

    @Test
    void bothLengths_areNeverReadAsTwoRequests() throws Exception {
        try (RawCaller caller = hostile.caller()) {
            String answer = caller.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 44\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /twice/21 HTTP/1.1\r\n" + END)
                    .rest();
            assertThat(answer).doesNotContain("42");
        }
        hostile.assertUnharmed();
    }

    @Test
    void hugeHeadersAndFirstLines_areRefusedByName() throws Exception {
        for (String request : List.of(
                "GET /api/health?" + "x".repeat(20_000) + " HTTP/1.1\r\n" + END,
                "GET /api/health HTTP/1.1\r\nx: " + "x".repeat(20_000) + "\r\n" + END,
                "GET /api/health HTTP/1.1\r\n" + "x: y\r\n".repeat(5_000) + END)) {
            try (RawCaller caller = hostile.caller()) {
                String answer = caller.trySend(request.getBytes(StandardCharsets.ISO_8859_1)) ? caller.rest() : "";
                assertThat(HostileRig.status(answer)).as(answer).isIn(0, 413);
                assertThat(answer).satisfiesAnyOf(text -> assertThat(text).contains("server.limits.headers"), text -> {
                    assertThat(text).isEmpty();
                });
            }
        }
        hostile.assertUnharmed();
    }

    @Test
    void headersThatNeverEnd_areNotAwaited() throws Exception {
        for (String part :
                List.of("", "P", "PRI * HTTP/2.0\r\n\r\nSM", "GET /api", "GET /api/health HTTP/1.1\r\nx: ")) {
            try (RawCaller caller = hostile.caller()) {
                HostileRig.assertRefused(caller.send(part).rest());
            }
        }
        hostile.assertUnharmed();
    }

    @Test
    void headersByTheByte_areNotAwaited() throws Exception {
        try (RawCaller caller = hostile.caller()) {
            caller.send("GET /api/health HTTP/1.1\r\nx: ");
            int sent = 0;
            while (caller.trySend(new byte[] {'y'})) {
                // As slow as a caller can be who still says something now and then.
                hostile.rig.get("/api/health");
                sent++;
            }
            assertThat(sent)
                    .as("bytes, which are fewer than the headers may have")
                    .isLessThan(8_000);
        }
        hostile.assertUnharmed();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST /echo", "POST /v1/plans/echo/runs", "GET /twice/2"})
    void bodyThatDoesNotCome_isNotAwaited(String line) throws Exception {
        for (String head : List.of("Content-Length: 10\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n5\r\n{")) {
            try (RawCaller caller = hostile.caller()) {
                String answer = caller.send(line + " HTTP/1.1\r\nHost: localhost\r\n" + head)
                        .rest();
                assertThat(HostileRig.status(answer)).as(answer).isEqualTo(408);
                assertThat(answer).contains("server.limits.requestTime");
            }
        }
        hostile.assertUnharmed();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"POST /echo", "POST /v1/runs", "GET /twice/2", "GET /v1/runs", "PUT /nowhere", "DELETE /echo"})
    void bodyThatNeverEnds_isCutOff(String line) throws Exception {
        byte[] chunk = ("1000\r\n" + "x".repeat(4096) + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        try (RawCaller caller = hostile.caller()) {
            caller.send(line + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
            int sent = 0;
            while (caller.trySend(chunk)) {
                sent++;
                assertThat(sent).as("chunks of 4 KiB").isLessThan(100_000);
            }
            HostileRig.assertKeepsToItself(caller.rest());
        }
        hostile.assertUnharmed();
    }

    @Test
    void announcedHugeBody_isRefusedBeforeItComes() throws Exception {
        try (RawCaller caller = hostile.caller()) {
            String answer = caller.send(
                            "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999999\r\n\r\n")
                    .rest();
            assertThat(HostileRig.status(answer)).isEqualTo(413);
            assertThat(answer).contains("server.limits.body");
        }
        hostile.assertUnharmed();
    }

    @Test
    void halfClosed_takesItsRunAlong() throws Exception {
        try (RawCaller caller = hostile.caller()) {
            caller.send("GET /sleeps HTTP/1.1\r\n" + END);
            Soon.until("a run", () -> hostile.running() != 0);
            caller.socket.shutdownOutput();
            HostileRig.assertKeepsToItself(caller.rest());
        }
        hostile.assertUnharmed();
    }

    @Test
    void halfClosedInMidRequest_isLeftAlone() throws Exception {
        for (String part :
                List.of("GET /api", "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{", "")) {
            try (RawCaller caller = hostile.caller()) {
                caller.send(part).socket.shutdownOutput();
                HostileRig.assertRefused(caller.rest());
            }
        }
        hostile.assertUnharmed();
    }

    @Test
    void thousandsOfIdleConnections_areBounded_andGoAway() throws Exception {
        var idle = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 2_000; i++) {
                RawCaller caller = hostile.caller();
                idle.add(caller.socket);
                if (i % 3 == 1) {
                    caller.trySend("GET /api/hea".getBytes(StandardCharsets.ISO_8859_1));
                } else if (i % 3 == 2) {
                    caller.trySend(("GET /api/health HTTP/1.1\r\n" + END).getBytes(StandardCharsets.ISO_8859_1));
                }
            }
            hostile.assertUnharmedBut(idle.size());
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
        hostile.assertUnharmed();
    }

    @Test
    void pipelined_areAnsweredInOrder() throws Exception {
        var requests = new StringBuilder();
        var wanted = new ArrayList<String>();
        for (int i = 0; i < 200; i++) {
            requests.append("GET /twice/" + i + " HTTP/1.1\r\n" + (i == 199 ? "Connection: close\r\n" : "") + END);
            wanted.add(String.valueOf(i * 2));
        }
        try (RawCaller caller = hostile.caller()) {
            String answers = caller.send(requests.toString()).rest();
            assertThat(bodies(answers)).isEqualTo(wanted);
        }
        hostile.assertUnharmed();
    }

    @Test
    void pipelinedBehindALongRun_leaveWithIt() throws Exception {
        try (RawCaller caller = hostile.caller()) {
            caller.send(("GET /sleeps HTTP/1.1\r\n" + END).repeat(1_000));
            Soon.until("a run", () -> hostile.running() != 0);
        }
        hostile.assertUnharmed();
    }

    private static List<String> bodies(String answers) {
        var bodies = new ArrayList<String>();
        for (String answer : answers.split("(?=HTTP/1\\.1 )")) {
            assertThat(HostileRig.status(answer)).isEqualTo(200);
            bodies.add(answer.substring(answer.indexOf("\r\n\r\n") + 4));
        }
        return bodies;
    }
}
