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

/** One connection to a TCP bridge: frames out and in. On the loop of its channel. */
final class TcpWire {

    /** A node sends nothing longer: an output has 16 MiB at most, unless it was told otherwise. */
    private static final int MOST_FRAME_BYTES = 256 << 20;

    private static final int HEAD = 4;

    private final NetSocket socket;

    TcpWire(NetSocket socket, Consumer<Map<String, @Nullable Object>> frame, Runnable closed) {
        this.socket = socket;
        RecordParser parser = RecordParser.newFixed(HEAD);
        parser.handler(new FrameCutter(parser, frame));
        socket.exceptionHandler(broken -> socket.close());
        socket.closeHandler(ended -> closed.run());
        socket.handler(parser);
    }

    /** A frame by turns of names and values; null values are left out. */
    void send(String type, @Nullable Object... words) {
        var frame = new LinkedHashMap<String, @Nullable Object>();
        frame.put("type", type);
        for (int i = 0; i < words.length; i += 2) {
            if (words[i + 1] != null) {
                frame.put(String.valueOf(words[i]), words[i + 1]);
            }
        }
        byte[] json = Json.writeBytes(frame);
        socket.write(Buffer.buffer(HEAD + json.length).appendInt(json.length).appendBytes(json));
    }

    void close() {
        socket.close();
    }

    /** Takes by turns the length of a frame and the frame. */
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
                if (length <= 0 || length > MOST_FRAME_BYTES) {
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
