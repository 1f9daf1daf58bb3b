package dev.muster.node;

import static dev.muster.node.Http2Frames.PREFACE;
import static dev.muster.node.Http2Frames.SETTINGS;
import static dev.muster.node.Http2Frames.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.log.Heard;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class HostileLogTest {

    private static final String UPGRADE =
            "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n";

    @TempDir
    Path conf;

    static String[] wrong() {
        return new String[] {
            PREFACE + "GET / HTTP/1.1\r\n\r\n",
            PREFACE + text(frame(SETTINGS, 1, 0, new byte[0])),
            PREFACE + text(frame(SETTINGS, 0, 0, new byte[5])),
            PREFACE + text(frame(SETTINGS, 0, 1, new byte[0])),
            "GET / HTTP/1.1\r\nHost:\r\n" + UPGRADE,
            "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
            "CONNECT a:1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        };
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void strangers_writeNoWarnings(String wrong) throws Exception {
        try (var hostile = new HostileRig(conf);
                RawCaller caller = hostile.caller();
                Heard heard = Heard.of("io")) {
            caller.send(wrong).leaves();
            caller.rest();

            assertThat(heard.lines())
                    .extracting(Heard.Line::text)
                    .noneMatch(line -> line.contains(" WARN ") || line.contains(" ERROR "));
        }
    }
}
