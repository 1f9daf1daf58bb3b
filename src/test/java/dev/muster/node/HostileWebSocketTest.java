package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** WebSockets by hand, whose frames no client would send; {@link HostileRig#attack} says how to have more of chance's. */
@EnabledOnOs(OS.LINUX)
@Timeout(3600)
class HostileWebSocketTest {

    private static final int FIN = 0x80;
    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int[] CODES = {0, 999, 1000, 1001, 1004, 1005, 1006, 1011, 1015, 2999, 3000, 5000, 65_535};
    private static final String[] TEXTS = {
        "{\"type\":\"ping\"}",
        "{\"type\":\"send\",\"address\":\"muster.run\",\"body\":{\"plan\":\"sleeps\"},\"replyAddress\":\"r\"}",
        "{\"type\":\"send\",\"address\":\"muster.run\",\"body\":{\"plan\":\"twice\",\"input\":{\"n\":1}},\"replyAddress\":\"r\"}",
        "{\"type\":\"register\",\"address\":\"images.a\"}",
        "{\"type\":\"register\",\"address\":\"muster.events.0123456789abcdef\"}",
        "{\"type\":\"register\",\"address\":\"muster.run\"}",
        "{\"type\":\"publish\",\"address\":\"images.a\"}",
        "{\"type\":",
        "{\"type\":7}",
        "[]",
        "nonsense",
        "",
        "[".repeat(3_000),
        "\"\\ud800\"",
        "{\"type\":\"ping\",\"type\":\"ping\"}",
        "{\"type\":\"send\",\"headers\":{\"a\":1,\"A\":2}}",
    };

    @TempDir
    Path conf;

    private HostileRig hostile;

    @BeforeEach
    void rig() throws Exception {
        hostile = new HostileRig(conf);
    }

    @AfterEach
    void close() {
        hostile.close();
    }

    @Test
    void frames_ofChance_harmNobodyElse() throws Exception {
        hostile.attack(
                (caller, random) -> {
                    caller.send(handshake(random));
                    // Who does not wait for the answer sends what is HTTP still.
                    if (random.nextInt(8) > 0) {
                        answer(caller);
                    }
                    caller.trySend(bytes(random));
                },
                this::good);
    }

    @Test
    void compression_isNotAgreedUpon() throws Exception {
        for (String extension : new String[] {"permessage-deflate", "x-webkit-deflate-frame", "deflate-frame"}) {
            try (RawCaller caller = hostile.caller()) {
                String answer = answer(caller.send(handshake("Sec-WebSocket-Extensions: " + extension + "\r\n")));
                assertThat(answer).startsWith("HTTP/1.1 101").doesNotContain("deflate");
            }
        }
        hostile.assertUnharmed();
    }

    @Test
    void pingsWhoseAnswersNobodyReads_areNotKept() throws Exception {
        byte[] ping = masked(FIN | PING, new byte[125]);
        var many = new ByteArrayOutputStream();
        for (int i = 0; i < 500; i++) {
            many.writeBytes(ping);
        }
        try (RawCaller caller = hostile.caller()) {
            answer(caller.send(handshake("")));
            long heldBefore = HostileRig.heldBytes();
            int sentBytes = 0;
            while (sentBytes < 3 * HostileRig.MAX_GROWTH_BYTES && caller.trySend(many.toByteArray())) {
                sentBytes += many.size();
            }
            assertThat(HostileRig.heldBytes() - heldBefore)
                    .as("bytes held of %d that were sent", sentBytes)
                    .isLessThan(HostileRig.MAX_GROWTH_BYTES);
            good();
        }
        hostile.assertUnharmed();
    }

    @Test
    void pings_areAnswered() throws Exception {
        try (RawCaller caller = hostile.caller()) {
            answer(caller.send(handshake("")));
            caller.send(masked(FIN | PING, "are you there".getBytes(StandardCharsets.US_ASCII)))
                    .until("are you there");
        }
    }

    private void good() throws IOException {
        try (RawCaller caller = new RawCaller(hostile.rig.port())) {
            answer(caller.send(handshake("")));
            caller.send(masked(FIN | TEXT, TEXTS[2].getBytes(StandardCharsets.UTF_8)))
                    .until("\"body\":2");
        }
    }

    /** What the server says to a handshake. */
    private static String answer(RawCaller caller) throws IOException {
        return caller.until("\r\n\r\n");
    }

    private static String handshake(String header) {
        return "GET /eventbus/websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" + header + "\r\n";
    }

    private static String handshake(Random random) {
        return switch (random.nextInt(20)) {
            case 0 -> handshake("").replace("Sec-WebSocket-Key", "X-Key");
            case 1 -> handshake("").replace("Version: 13", "Version: " + random.nextInt(20));
            case 2 -> handshake("Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99\r\n");
            case 3 -> handshake("Sec-WebSocket-Protocol: " + "x, ".repeat(50) + "\r\n");
            case 4 -> handshake("").replace("dGhlIHNhbXBsZSBub25jZQ==", "!");
            default -> handshake("");
        };
    }

    private static byte[] bytes(Random random) {
        var out = new ByteArrayOutputStream();
        for (int i = random.nextInt(6); i >= 0; i--) {
            some(random, out);
        }
        byte[] all = out.toByteArray();
        return random.nextInt(4) == 0 ? Arrays.copyOf(all, random.nextInt(all.length + 1)) : all;
    }

    private static void some(Random random, ByteArrayOutputStream out) {
        switch (random.nextInt(15)) {
            case 0, 1, 2 -> out.writeBytes(masked(FIN | TEXT, text(random)));
            case 3 -> out.writeBytes(masked(FIN | 3 + random.nextInt(5) + 8 * random.nextInt(2), text(random)));
            case 4 -> out.writeBytes(masked(random.nextInt(256), text(random)));
            case 5 -> out.writeBytes(unmasked(FIN | TEXT, text(random)));
            case 6 -> out.writeBytes(announced(FIN | TEXT, random.nextLong(), text(random)));
            case 7 -> out.writeBytes(announced(FIN | TEXT, random.nextInt(126), text(random)));
            case 8 -> out.writeBytes(masked(CLOSE + random.nextInt(3), text(random))); // a control frame in parts
            case 9 -> out.writeBytes(masked(FIN | CLOSE + random.nextInt(3), new byte[126 + random.nextInt(200)]));
            case 10 -> fragments(random, out);
            case 11 -> out.writeBytes(masked(FIN | TEXT, noise(random, 1 + random.nextInt(60)))); // seldom UTF-8
            case 12 -> out.writeBytes(masked(FIN | CLOSE, closing(random)));
            case 13 -> burst(out, masked(FIN | PING, noise(random, random.nextInt(126))), random.nextInt(300));
            default -> out.writeBytes(random.nextBoolean() ? noise(random, 50) : masked(FIN | TEXT, new byte[66_000]));
        }
    }

    /** Parts of a message, with others between them, an end that may be missing, or too many. */
    private static void fragments(Random random, ByteArrayOutputStream out) {
        out.writeBytes(masked(random.nextBoolean() ? TEXT : 0, text(random)));
        byte[] part = noise(random, random.nextInt(4) == 0 ? 0 : random.nextInt(1_000));
        burst(out, masked(0, part), random.nextInt(100));
        if (random.nextBoolean()) {
            out.writeBytes(masked(FIN | TEXT, text(random)));
        }
        out.writeBytes(masked(FIN, part));
    }

    private static byte[] closing(Random random) {
        byte[] reason = noise(random, random.nextInt(20));
        return switch (random.nextInt(4)) {
            case 0 -> new byte[] {3};
            case 1 -> new byte[0];
            default ->
                ByteBuffer.allocate(2 + reason.length)
                        .putShort((short) CODES[random.nextInt(CODES.length)])
                        .put(reason)
                        .array();
        };
    }

    private static void burst(ByteArrayOutputStream out, byte[] frame, int times) {
        for (int i = 0; i < times; i++) {
            out.writeBytes(frame);
        }
    }

    private static byte[] text(Random random) {
        return TEXTS[random.nextInt(TEXTS.length)].getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] noise(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** With a mask of zeros, which is one too. */
    private static byte[] masked(int first, byte[] payload) {
        return written(first, FIN, payload);
    }

    private static byte[] unmasked(int first, byte[] payload) {
        return written(first, 0, payload);
    }

    private static byte[] written(int first, int mask, byte[] payload) {
        var out = ByteBuffer.allocate(14 + payload.length).put((byte) first);
        if (payload.length < 126) {
            out.put((byte) (mask | payload.length));
        } else if (payload.length < 65_536) {
            out.put((byte) (mask | 126)).putShort((short) payload.length);
        } else {
            out.put((byte) (mask | 127)).putLong(payload.length);
        }
        if (mask != 0) {
            out.putInt(0);
        }
        out.put(payload);
        return Arrays.copyOf(out.array(), out.position());
    }

    /** With a length in eight bytes, whatever it is. */
    private static byte[] announced(int first, long length, byte[] payload) {
        return ByteBuffer.allocate(14 + payload.length)
                .put((byte) first)
                .put((byte) (FIN | 127))
                .putLong(length)
                .putInt(0)
                .put(payload)
                .array();
    }
}
