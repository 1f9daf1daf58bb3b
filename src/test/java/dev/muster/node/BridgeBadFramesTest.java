package dev.muster.node;

import static dev.muster.node.BridgePeer.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import dev.muster.task.CancelReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Frames that no client would send. {@code -Dmuster.badFrames=100000 -Dmuster.seed=7} for more, and for the same again. */
@Timeout(600)
class BridgeBadFramesTest {

    private static final int COUNT = Integer.getInteger("muster.badFrames", 2_000);
    private static final long SEED = Long.getLong("muster.seed", System.nanoTime());
    private static final String[] WORDS = {
        "type", "address", "body", "headers", "replyAddress", "failureCode", "message", "authorization", "events"
    };
    private static final String[] TEXTS = {
        "send",
        "register",
        "unregister",
        "publish",
        "ping",
        "err",
        "message",
        "rec",
        "muster.run",
        "muster.run.cancel",
        "muster.call.cancel",
        "muster.reply.x.1",
        "muster.events.0123456789abcdef",
        "muster.events.x",
        "images.a",
        "*",
        "",
        "\u0000",
        "Bearer x",
        "ok",
        "sleeps",
        "plan: x\noutput: 1",
        "plan: [",
        "\ud83d\ude00"
    };

    @TempDir
    Path conf;

    private final Random random = new Random(SEED);
    private ServeRig rig;

    @BeforeEach
    void rig() throws Exception {
        rig = new ServeRig(conf)
                .config("server: {port: 0, workers: 2, limits: {requestTime: 1s},"
                        + " bridge: {tcp: {port: 0}, addresses: ['images.*']}}\n")
                .plan("ok", "output: 1")
                .plan("sleeps", "steps: {long: {sleep: 1m}}")
                .plan("soon", "steps: {long: {sleep: 20s}}\noutput: 1")
                .plan("calls", "steps: {a: {call: images.a}}\noutput: = a")
                .start();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void assertServes(BridgePeer other) throws IOException {
        assertThat(other.ask("muster.run", Map.of("plan", "ok")))
                .as("seed %d", SEED)
                .containsEntry("body", 1L);
    }

    @Test
    void frames_thatAreCutHugeOrNonsense_harmNobodyElse() throws Exception {
        try (var other = new BridgePeer(rig)) {
            assertServes(other);
            for (int sent = 0; sent < COUNT; ) {
                try (var bad = new BridgePeer(rig)) {
                    for (int i = random.nextInt(20); i >= 0; i--) {
                        bad.bytes(bytes());
                        sent++;
                    }
                } catch (IOException closed) {
                    // That is an answer too.
                }
                if (sent % 50 < 10) {
                    assertServes(other);
                }
            }
            assertServes(other);
            while (rig.service().runManager().running() > 0
                    || rig.service().bridge().connections() > 1) {
                other.settled();
            }
        }
    }

    @Test
    void lengthThatNoFrameMayHave_isSaidAndEndsTheConnection() throws Exception {
        for (int length :
                new int[] {-1, Integer.MAX_VALUE, Integer.MIN_VALUE, (256 << 20) + 1, 0x47455420, 0x16030100}) {
            try (var bad = new BridgePeer(rig)) {
                bad.bytes(ByteBuffer.allocate(4).putInt(length).array());
                assertThat(bad.next()).containsEntry("type", "err").containsEntry("failureCode", 413L);
                assertThat(bad.isEnded()).isTrue();
            }
        }
    }

    private static byte[] asked(String body) {
        String address = "{\"type\":\"send\",\"address\":\"muster.run\",\"body\":";
        return (address + body + ",\"headers\":{\"address\":\"x\"},\"replyAddress\":\"r7\"}")
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void frameThatIsTooLong_failsItsCallAlone() throws Exception {
        try (var peer = new BridgePeer(rig)) {
            peer.send(frame("send", "address", "muster.run", "body", Map.of("plan", "soon"), "replyAddress", "other"));
            peer.raw(asked("\"" + "x\\\"".repeat(1 << 19) + "\""));
            Map<String, Object> refused = peer.next();
            assertThat(refused)
                    .containsEntry("address", "r7")
                    .containsEntry("sourceAddress", "muster.run")
                    .containsEntry("failureCode", 413L);
            assertThat(BridgePeer.error(refused)).containsEntry("type", "limit");
            peer.bytes(new byte[4]);
            assertThat(peer.next()).containsEntry("type", "err").containsEntry("failureCode", 413L);
            assertServes(peer);
            rig.service().runManager().live().forEach(run -> run.cancel(CancelReason.of("it was long enough")));
            assertThat(peer.next()).as("the run beside it went on").containsEntry("address", "other");
        }
    }

    @Test
    void frameThatCannotBeRead_failsItsCall() throws Exception {
        try (var peer = new BridgePeer(rig)) {
            String deep = "[".repeat(300) + "\"}]\"" + "]".repeat(300);
            for (String body : new String[] {deep, "NaN", "1" + "0".repeat(1_500), "{\"a\":1,\"a\":2}", "'x'", "1,"}) {
                assertThat(peer.raw(asked(body)).next())
                        .as(body)
                        .containsEntry("address", "r7")
                        .containsEntry("failureCode", 400L);
            }
            assertServes(peer);
        }
    }

    @Test
    void replyThatIsRefused_failsTheCallThatItWasTo_andNoOther() throws Exception {
        try (var caller = new BridgePeer(rig);
                var worker = new BridgePeer(rig)) {
            worker.register("images.a").settled();
            caller.send(frame("send", "address", "muster.run", "body", Map.of("plan", "calls"), "replyAddress", "one"));
            Object first = worker.next().get("replyAddress");
            caller.send(frame("send", "address", "muster.run", "body", Map.of("plan", "calls"), "replyAddress", "two"));
            Object second = worker.next().get("replyAddress");

            worker.send(frame("send", "address", first, "body", "x".repeat(2 << 20)));
            Map<String, Object> failed = caller.next();
            assertThat(failed).containsEntry("address", "one");
            assertThat(BridgePeer.error(failed)).containsEntry("type", "badResponse");
            assertThat((String) BridgePeer.error(failed).get("detail")).contains("413", "a frame has from 1 to");
            assertThat(worker.next()).containsEntry("sourceAddress", first);
            worker.send(frame("send", "address", second, "body", "fine"));
            assertThat(caller.next()).containsEntry("address", "two").containsEntry("body", "fine");
        }
    }

    @Test
    void pong_saysWhatFramesMayBeLike() throws Exception {
        try (var peer = new BridgePeer(rig)) {
            assertThat(peer.send(frame("ping")).next())
                    .containsEntry("type", "pong")
                    .containsEntry("maxBytes", 1L << 20)
                    .containsEntry("maxNesting", 256L);
        }
    }

    @Test
    void textThatIsNoFrame_isAnError_andTheConnectionGoesOn() throws Exception {
        try (var peer = new BridgePeer(rig)) {
            for (String text :
                    new String[] {"x", "{", "[]", "null", "7", "{}", "{\"type\":1}", "{\"type\":\"send\",\"headers\":1}"
                    }) {
                assertThat(peer.raw(text.getBytes(StandardCharsets.UTF_8)).next())
                        .as(text)
                        .containsEntry("type", "err")
                        .containsEntry("failureCode", 400L);
            }
            assertThat(peer.raw(new byte[] {(byte) 0xff, (byte) 0xfe}).next()).containsEntry("type", "err");
            String deep = "{\"type\":\"send\",\"body\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
            assertThat(peer.raw(deep.getBytes(StandardCharsets.UTF_8)).next()).containsEntry("type", "err");
            assertServes(peer);
        }
    }

    @Test
    void connectionThatSaysNothing_orHalfAFrame_isClosedInTime() throws Exception {
        try (var silent = new BridgePeer(rig);
                var half = new BridgePeer(rig)) {
            half.settled().bytes(new byte[] {0, 0, 1, 0, '{'});
            assertThat(silent.isEnded()).isTrue();
            assertThat(half.isEnded()).isTrue();
        }
    }

    private byte[] bytes() {
        return switch (random.nextInt(6)) {
            case 0 -> ByteBuffer.allocate(4).putInt(random.nextInt()).array();
            case 1 -> noise(random.nextInt(64));
            case 2 -> framed(noise(1 + random.nextInt(200)));
            case 3 -> cut(framed(Json.writeBytes(nonsense())));
            default -> framed(Json.writeBytes(nonsense()));
        };
    }

    private Map<String, Object> nonsense() {
        var frame = frame(random.nextBoolean() ? TEXTS[random.nextInt(6)] : text());
        for (int i = random.nextInt(6); i > 0; i--) {
            frame.put(WORDS[random.nextInt(WORDS.length)], value(3));
        }
        return frame;
    }

    private Object value(int depth) {
        return switch (random.nextInt(depth > 0 ? 8 : 4)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextBoolean();
            case 2, 3 -> text();
            case 4 -> Arrays.asList(value(depth - 1), null, value(depth - 1));
            case 5 -> Map.of("plan", value(depth - 1), "input", value(depth - 1));
            case 6 -> Map.of("plan", text(), "events", text(), "window", random.nextInt(5));
            default -> Map.of("run", text());
        };
    }

    private String text() {
        return TEXTS[random.nextInt(TEXTS.length)];
    }

    private byte[] noise(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] cut(byte[] whole) {
        return Arrays.copyOf(whole, random.nextInt(whole.length));
    }

    private static byte[] framed(byte[] body) {
        return ByteBuffer.allocate(4 + body.length)
                .putInt(body.length)
                .put(body)
                .array();
    }
}
