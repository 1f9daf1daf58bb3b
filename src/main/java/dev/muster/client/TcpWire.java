package dev.muster.client;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One connection to a TCP bridge, which sends and receives frames. Runs on the loop of its transport. */
final class TcpWire {

    /** The maximum length of a received frame. An output is at most 16 MiB unless the node is configured otherwise. */
    private static final int MAX_FRAME_BYTES = 256 << 20;

    private static final int HEAD = 4;

    /** The maximum nesting of a frame, unless the node reports another one. */
    private static final long MAX_NESTING = 256;

    private final NetSocket socket;

    /** The maximum length of a frame that the node accepts, once it has reported it. */
    private long mostBytes = Long.MAX_VALUE;

    private long mostNesting = MAX_NESTING;

    TcpWire(NetSocket socket, Consumer<Map<String, @Nullable Object>> frame, Runnable closed) {
        this.socket = socket;
        RecordParser parser = RecordParser.newFixed(HEAD);
        parser.handler(new FrameCutter(parser, frame));
        socket.exceptionHandler(broken -> socket.close());
        socket.closeHandler(ended -> closed.run());
        socket.handler(parser);
    }

    /** Reads the limits of the node from a pong. */
    void learn(Map<String, @Nullable Object> pong) {
        mostBytes = pong.get("maxBytes") instanceof Long most ? most : mostBytes;
        mostNesting = pong.get("maxNesting") instanceof Long most ? most : mostNesting;
    }

    /**
     * Sends a frame of alternating names and values; names with a null value are left out.
     *
     * @throws MusterError if the frame cannot be sent or exceeds the node's limits: of type {@code limit} if it is too long,
     *     otherwise of type {@code badInput}
     */
    void send(String type, @Nullable Object... words) {
        var frame = new LinkedHashMap<String, @Nullable Object>();
        frame.put("type", type);
        for (int i = 0; i < words.length; i += 2) {
            if (words[i + 1] != null) {
                frame.put(String.valueOf(words[i]), words[i + 1]);
            }
        }
        byte[] json = json(frame);
        socket.write(Buffer.buffer(HEAD + json.length).appendInt(json.length).appendBytes(json));
    }

    private byte[] json(Map<String, @Nullable Object> frame) {
        byte[] json;
        try {
            json = Json.writeBytes(frame);
        } catch (RuntimeException e) {
            throw MusterError.refused("badInput", "cannot be sent as JSON: " + e.getMessage());
        }
        if (json.length > mostBytes) {
            throw MusterError.refused(
                    "limit",
                    "a message of " + json.length + " bytes; the node accepts " + mostBytes
                            + " at most (server.limits.body)");
        }
        if (json.length > mostNesting && nestsDeeper(json, mostNesting)) {
            throw MusterError.refused(
                    "badInput",
                    "a message nested deeper than " + mostNesting + " levels, which the node does not accept");
        }
        return json;
    }

    private static boolean nestsDeeper(byte[] json, long levels) {
        long depth = 0;
        for (int i = 0; i < json.length; i++) {
            switch (json[i]) {
                case '"' -> i = endOfText(json, i + 1);
                case '[', '{' -> {
                    if (++depth > levels) {
                        return true;
                    }
                }
                case ']', '}' -> depth--;
                default -> {}
            }
        }
        return false;
    }

    private static int endOfText(byte[] json, int from) {
        int at = from;
        while (json[at] != '"') {
            at += json[at] == '\\' ? 2 : 1;
        }
        return at;
    }

    void close() {
        socket.close();
    }

    /** A parser that reads the length of a frame and the frame in turn. */
    private final class FrameCutter implements Handler<Buffer> {

        private final RecordParser parser;
        private final Consumer<Map<String, @Nullable Object>> frame;
        private boolean isBody;

        FrameCutter(RecordParser parser, Consumer<Map<String, @Nullable Object>> frame) {
            this.parser = parser;
            this.frame = frame;
        }

        @Override
        @SuppressWarnings("unchecked") // keys of JSON values are text
        public void handle(Buffer record) {
            isBody = !isBody;
            if (isBody) {
                int length = record.getInt(0);
                if (length <= 0 || length > MAX_FRAME_BYTES) {
                    socket.close();
                } else {
                    parser.fixedSizeMode(length);
                }
                return;
            }
            parser.fixedSizeMode(HEAD);
            try {
                if (Json.parse(record.getBytes()) instanceof Map<?, ?> map) {
                    frame.accept((Map<String, @Nullable Object>) map);
                }
            } catch (JsonException e) {
                socket.close();
            }
        }
    }
}
