package dev.muster.node;

import static dev.muster.node.Http2Frames.ACK;
import static dev.muster.node.Http2Frames.CONTINUATION;
import static dev.muster.node.Http2Frames.DATA;
import static dev.muster.node.Http2Frames.END_HEADERS;
import static dev.muster.node.Http2Frames.END_STREAM;
import static dev.muster.node.Http2Frames.GOAWAY;
import static dev.muster.node.Http2Frames.HEADERS;
import static dev.muster.node.Http2Frames.PADDED;
import static dev.muster.node.Http2Frames.PING;
import static dev.muster.node.Http2Frames.PREFACE;
import static dev.muster.node.Http2Frames.PRIORITY;
import static dev.muster.node.Http2Frames.PUSH_PROMISE;
import static dev.muster.node.Http2Frames.RST_STREAM;
import static dev.muster.node.Http2Frames.SETTINGS;
import static dev.muster.node.Http2Frames.WINDOW_UPDATE;
import static dev.muster.node.Http2Frames.frame;
import static dev.muster.node.Http2Frames.head;
import static dev.muster.node.Http2Frames.literal;
import static dev.muster.node.Http2Frames.number;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Connections of HTTP/2 whose frames chance has made; {@link HostileRig#attack} says how to have more of them. */
@EnabledOnOs(OS.LINUX)
@Timeout(3600)
class HostileHttp2Test {

    private static final int BURST = 300;
    private static final String[] PATHS = {"/api/health", "/echo", "/twice/3", "/sleeps", "/nowhere", "/v1/runs"};

    @TempDir
    Path conf;

    @Test
    void frames_ofChance_harmNobodyElse() throws Exception {
        try (var hostile = new HostileRig(conf)) {
            hostile.attack((caller, random) -> caller.trySend(new Frames(random).bytes()), () -> good(hostile));
        }
    }

    private static void good(HostileRig hostile) throws IOException {
        try (RawCaller caller = new RawCaller(hostile.rig.port())) {
            caller.send(PREFACE)
                    .send(frame(SETTINGS, 0, 0, new byte[0]))
                    .send(frame(HEADERS, END_STREAM | END_HEADERS, 1, head("GET", "/api/health")))
                    .until("{\"status\":\"ok\"}");
        }
    }

    /** Those of one connection. */
    private static final class Frames {
        private final Random random;
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private int lastStream = -1;

        Frames(Random random) {
            this.random = random;
        }

        byte[] bytes() {
            out.writeBytes(PREFACE.getBytes(StandardCharsets.ISO_8859_1));
            if (random.nextInt(20) > 0) {
                add(SETTINGS, 0, 0, new byte[0]);
            }
            for (int i = 1 + random.nextInt(8); i > 0; i--) {
                some();
            }
            byte[] all = out.toByteArray();
            return random.nextInt(4) == 0 ? Arrays.copyOf(all, random.nextInt(all.length)) : all;
        }

        private void some() {
            switch (random.nextInt(16)) {
                case 0, 1 -> add(HEADERS, END_STREAM | END_HEADERS, next(), head("GET", path()));
                case 2 -> body();
                case 3 ->
                    add(HEADERS, END_STREAM | END_HEADERS, random.nextInt(3) * 2, head("GET", path())); // even, or 0
                case 4 -> hugeHeaders();
                case 5 -> add(HEADERS, END_STREAM | END_HEADERS, next(), noise(1 + random.nextInt(60)));
                case 6 ->
                    add(HEADERS, END_STREAM | END_HEADERS, next(), Http2Frames.bomb(2_000, random.nextInt(9_000)));
                case 7 -> rapidResets();
                case 8 -> burst(PING, random.nextInt(2) * ACK, noise(random.nextInt(10) == 0 ? 7 : 8));
                case 9 -> settings();
                case 10 -> windows();
                case 11 -> closedStreams();
                case 12 -> add(random.nextInt(14), random.nextInt(256), random.nextInt(9), noise(random.nextInt(40)));
                case 13 -> lie();
                case 14 -> unfinished();
                default -> odd();
            }
        }

        private void body() {
            add(HEADERS, END_HEADERS, next(), head("POST", path()));
            for (int i = random.nextInt(5); i > 0; i--) {
                add(DATA, random.nextInt(4) == 0 ? END_STREAM : 0, lastStream, noise(random.nextInt(2_000)));
            }
        }

        private void hugeHeaders() {
            add(HEADERS, END_STREAM, next(), head("GET", path()));
            byte[] one = literal("x", "y".repeat(1 + random.nextInt(100)));
            for (int i = random.nextInt(400); i > 0; i--) {
                add(CONTINUATION, 0, lastStream, random.nextInt(5) == 0 ? new byte[0] : one);
            }
            add(CONTINUATION, END_HEADERS, lastStream, one);
        }

        private void rapidResets() {
            // But the list of runs, which is as long as what was attacked before has made it.
            String path = PATHS[random.nextInt(PATHS.length - 1)];
            for (int i = random.nextInt(random.nextInt(4) == 0 ? BURST : 20); i > 0; i--) {
                add(HEADERS, END_STREAM | END_HEADERS, next(), head("GET", path));
                add(RST_STREAM, 0, lastStream, number(8));
            }
        }

        private void settings() {
            byte[] one = noise(random.nextInt(10) == 0 ? 5 : 6);
            one[0] = 0;
            one[1] = (byte) random.nextInt(9);
            burst(SETTINGS, random.nextInt(8) == 0 ? ACK : 0, random.nextBoolean() ? one : new byte[0]);
        }

        private void windows() {
            int[] sizes = {0, 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1, 65_535};
            for (int i = random.nextInt(6); i >= 0; i--) {
                add(WINDOW_UPDATE, 0, some(0, lastStream), number(sizes[random.nextInt(sizes.length)]));
            }
        }

        private void closedStreams() {
            add(HEADERS, END_STREAM | END_HEADERS, next(), head("GET", "/twice/2"));
            add(RST_STREAM, 0, lastStream, number(random.nextInt(14)));
            for (int i = random.nextInt(20); i > 0; i--) {
                add(DATA, random.nextInt(16), some(lastStream, lastStream + 2), noise(random.nextInt(100)));
            }
        }

        /** A length that is not that of what comes. */
        private void lie() {
            byte[] frame = frame(random.nextInt(10), random.nextInt(16), 1, noise(random.nextInt(30)));
            frame[random.nextInt(3)] = (byte) random.nextInt(256);
            out.writeBytes(frame);
        }

        /** Headers that do not go on. */
        private void unfinished() {
            if (random.nextBoolean()) {
                add(HEADERS, 0, next(), head("GET", path()));
            }
            add(random.nextBoolean() ? CONTINUATION : PING, 0, some(0, lastStream), new byte[8]);
        }

        private void odd() {
            switch (random.nextInt(4)) {
                case 0 -> add(PRIORITY, 0, 1, new byte[] {0, 0, 0, 1, 9}); // upon itself
                case 1 -> add(PUSH_PROMISE, END_HEADERS, some(1, 2), noise(8));
                case 2 -> add(GOAWAY, 0, 0, noise(random.nextInt(20)));
                default -> add(DATA, PADDED, some(1, lastStream), new byte[] {(byte) random.nextInt(256), 1, 2});
            }
        }

        private void burst(int type, int flags, byte[] payload) {
            byte[] frame = frame(type, flags, 0, payload);
            for (int i = random.nextInt(BURST); i >= 0; i--) {
                out.writeBytes(frame);
            }
        }

        private void add(int type, int flags, int stream, byte[] payload) {
            out.writeBytes(frame(type, flags, stream, payload));
        }

        private int next() {
            lastStream += 2;
            return lastStream;
        }

        private int some(int one, int other) {
            return random.nextBoolean() ? one : other;
        }

        private String path() {
            return PATHS[random.nextInt(PATHS.length)];
        }

        private byte[] noise(int length) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            return bytes;
        }
    }
}
