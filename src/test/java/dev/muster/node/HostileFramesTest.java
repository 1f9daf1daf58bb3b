package dev.muster.node;

import static dev.muster.node.Http2Frames.CONTINUATION;
import static dev.muster.node.Http2Frames.DATA;
import static dev.muster.node.Http2Frames.END_HEADERS;
import static dev.muster.node.Http2Frames.END_STREAM;
import static dev.muster.node.Http2Frames.HEADERS;
import static dev.muster.node.Http2Frames.PING;
import static dev.muster.node.Http2Frames.PREFACE;
import static dev.muster.node.Http2Frames.RST_STREAM;
import static dev.muster.node.Http2Frames.SETTINGS;
import static dev.muster.node.Http2Frames.WINDOW_UPDATE;
import static dev.muster.node.Http2Frames.frame;
import static dev.muster.node.Http2Frames.head;
import static dev.muster.node.Http2Frames.literal;
import static dev.muster.node.Http2Frames.number;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** HTTP/2 with prior knowledge, by hand: floods of frames that cost their sender nothing. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class HostileFramesTest {

    /** More than any client sends by accident; each test says how many it got rid of before it was thrown out. */
    private static final int FLOOD = 20_000;

    @AutoClose
    private HostileRig hostile;

    @BeforeEach
    void rig(@TempDir Path conf) throws Exception {
        hostile = new HostileRig(conf);
    }

    @Test
    void request_isAnswered() throws Exception {
        try (RawCaller caller = opened()) {
            caller.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, head("GET", "/api/health")));
            assertThat(caller.until("{\"status\":\"ok\"}")).contains("application/json");
        }
        hostile.assertUnharmed();
    }

    @Test
    void resets_areStopped() throws Exception {
        try (RawCaller caller = opened()) {
            byte[] reset = {0, 0, 0, 8};
            int sent = 0;
            // Far more than what the sockets hold, as a server that is busy stops them late.
            for (int id = 1; id < 200 * FLOOD; id += 2) {
                var both = new ByteArrayOutputStream();
                both.writeBytes(frame(HEADERS, END_STREAM | END_HEADERS, id, head("GET", "/sleeps")));
                both.writeBytes(frame(RST_STREAM, 0, id, reset));
                if (!caller.trySend(both.toByteArray())) {
                    break;
                }
                sent++;
            }
            caller.rest();
            assertThat(sent).isLessThan(100 * FLOOD);
        }
        hostile.assertUnharmed();
    }

    @Test
    void pingsWhoseAnswersNobodyReads_areStopped() throws Exception {
        assertStopped(frame(PING, 0, 0, new byte[8]), 100 * FLOOD);
    }

    @Test
    void settingsWhoseAnswersNobodyReads_areStopped() throws Exception {
        assertStopped(frame(SETTINGS, 0, 0, new byte[0]), 100 * FLOOD);
    }

    @Test
    void emptyFrames_areStopped() throws Exception {
        try (RawCaller caller = opened()) {
            caller.send(frame(HEADERS, END_HEADERS, 1, head("POST", "/echo")));
            byte[] empty = frame(DATA, 0, 1, new byte[0]);
            int sent = 0;
            while (sent < FLOOD && caller.trySend(empty)) {
                sent++;
            }
            caller.rest();
            assertThat(sent).isLessThan(FLOOD);
        }
        hostile.assertUnharmed();
    }

    @Test
    void headersThatGoOnAndOn_areStopped() throws Exception {
        try (RawCaller caller = opened()) {
            caller.send(frame(HEADERS, 0, 1, head("GET", "/api/health")));
            byte[] more = frame(CONTINUATION, 0, 1, literal("x", "y".repeat(100)));
            int sent = 0;
            while (sent < FLOOD && caller.trySend(more)) {
                sent++;
            }
            caller.rest();
            assertThat(sent).isLessThan(FLOOD);
        }
        hostile.assertUnharmed();
    }

    @Test
    void headersByReference_areBounded() throws Exception {
        try (RawCaller caller = opened()) {
            // Each byte behind the first header stands for all of it.
            caller.trySend(frame(HEADERS, END_STREAM | END_HEADERS, 1, Http2Frames.bomb(3_000, 12_000)));
            caller.trySend(frame(HEADERS, END_STREAM | END_HEADERS, 3, head("GET", "/api/health")));
            caller.socket.shutdownOutput();
            HostileRig.assertKeepsToItself(caller.rest());
        }
        hostile.assertUnharmed();
    }

    @Test
    void bodyThatNeverEnds_isRefused() throws Exception {
        for (String path : new String[] {"/echo", "/nowhere", "/v1/plans/echo/runs"}) {
            try (RawCaller caller = opened()) {
                caller.send(frame(HEADERS, END_HEADERS, 1, head("POST", path)));
                byte[] part = frame(DATA, 0, 1, new byte[8192]);
                int sent = 0;
                // No more than the window that the server opened: what it does not read, it need not keep.
                while (sent < 7 && caller.trySend(part)) {
                    sent++;
                }
                HostileRig.assertKeepsToItself(path.equals("/nowhere") ? "" : caller.until("server.limits."));
            }
        }
        hostile.assertUnharmed();
    }

    @Test
    void manyStreamsAtOnce_areBounded() throws Exception {
        try (RawCaller caller = opened()) {
            for (int id = 1; id < 4_000; id += 2) {
                if (!caller.trySend(frame(HEADERS, END_STREAM | END_HEADERS, id, head("GET", "/sleeps")))) {
                    break;
                }
            }
            hostile.rig.service();
            assertThat(hostile.running()).isLessThanOrEqualTo(1_000);
        }
        hostile.assertUnharmed();
    }

    @Test
    void nonsense_endsTheConnection() throws Exception {
        for (byte[] frame : new byte[][] {
            frame(HEADERS, END_STREAM | END_HEADERS, 2, head("GET", "/api/health")),
            frame(HEADERS, END_STREAM | END_HEADERS, 0, head("GET", "/api/health")),
            frame(HEADERS, END_STREAM | END_HEADERS, 1, new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, 127}),
            frame(DATA, 0, 7, new byte[10]),
            frame(RST_STREAM, 0, 9, new byte[4]),
            frame(SETTINGS, 0, 0, new byte[5]),
            frame(PING, 0, 0, new byte[3]),
            frame(CONTINUATION, END_HEADERS, 1, new byte[0]),
            frame(WINDOW_UPDATE, 0, 0, number(0)),
            frame(WINDOW_UPDATE, 0, 0, number(Integer.MAX_VALUE)),
            frame(WINDOW_UPDATE, 0, 0, new byte[3]),
            frame(SETTINGS, 0, 0, new byte[] {0, 4, -1, -1, -1, -1}),
            {0x7f, 0x7f, 0x7f, 0, 0, 0, 0, 0, 0},
        }) {
            try (RawCaller caller = opened()) {
                HostileRig.assertKeepsToItself(caller.send(frame).rest().replaceAll("[^\\x20-\\x7e]", ""));
            }
        }
        hostile.assertUnharmed();
    }

    private void assertStopped(byte[] frame, int most) throws Exception {
        var many = new ByteArrayOutputStream();
        for (int i = 0; i < 100; i++) {
            many.writeBytes(frame);
        }
        try (RawCaller caller = opened()) {
            // Whoever blocks the other way round is not read from either: then the write ends with the connection.
            caller.socket.setReceiveBufferSize(4096);
            int sent = 0;
            while (sent < most && caller.trySend(many.toByteArray())) {
                sent += 100;
            }
            assertThat(sent).isLessThan(most);
        }
        hostile.assertUnharmed();
    }

    private RawCaller opened() throws Exception {
        return hostile.caller().send(PREFACE).send(frame(SETTINGS, 0, 0, new byte[0]));
    }
}
