package dev.muster.client;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One connection to a TCP bridge, with the requests in flight over it. Runs on the loop of its transport. */
final class TcpWire {

    /** The maximum length of a received frame. An output is at most 16 MiB unless the node is configured otherwise. */
    private static final int MAX_FRAME_BYTES = 256 << 20;

    private static final int HEAD = 4;

    /** The maximum nesting of a frame, unless the node reports another one. */
    private static final long MAX_NESTING = 256;

    private final NetSocket socket;
    private final RecordParser parser = RecordParser.newFixed(HEAD);
    private final BiConsumer<TcpWire, Map<String, @Nullable Object>> receiver;
    private final Map<String, Promise<@Nullable Object>> requests = new LinkedHashMap<>();
    private long requestCount;

    /** Whether the next record is a frame and not the length of one. */
    private boolean isBody;

    /** The maximum length of a frame that the node accepts, once it has reported it. */
    private long maxBytes = Long.MAX_VALUE;

    private long maxNesting = MAX_NESTING;

    TcpWire(NetSocket socket, BiConsumer<TcpWire, Map<String, @Nullable Object>> receiver, Runnable onClose) {
        this.socket = socket;
        this.receiver = receiver;
        parser.handler(this::receive);
        socket.exceptionHandler(broken -> socket.close());
        socket.closeHandler(ended -> onClose.run());
        socket.handler(parser);
    }

    /** Reads the limits of the node from a pong. */
    void learn(Map<String, @Nullable Object> pong) {
        maxBytes = pong.get("maxBytes") instanceof Long max ? max : maxBytes;
        maxNesting = pong.get("maxNesting") instanceof Long max ? max : maxNesting;
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

    /**
     * Sends a request. A request that cannot be sent fails alone.
     *
     * @param headers null for none
     */
    void request(
            String address,
            Map<String, ?> body,
            @Nullable Map<String, String> headers,
            @Nullable String authorization,
            Promise<@Nullable Object> reply) {
        requestCount++;
        String own = "r" + requestCount;
        try {
            send(
                    "send",
                    "address",
                    address,
                    "body",
                    body,
                    "headers",
                    headers,
                    "replyAddress",
                    own,
                    "authorization",
                    authorization);
            requests.put(own, reply);
        } catch (MusterError e) {
            reply.tryFail(e);
        }
    }

    /** Withdraws a request; returns false if it is not in flight. */
    boolean withdraw(String call, Promise<@Nullable Object> reply) {
        if (!requests.containsValue(reply)) {
            return false;
        }
        send("send", "address", Channel.CANCEL, "headers", Map.of(Channel.CANCEL_HEADER, call));
        return true;
    }

    /** Removes and returns the request with this reply address; null if there is none. */
    @Nullable
    Promise<@Nullable Object> take(String address) {
        return requests.remove(address);
    }

    /** Removes and returns all requests, because none of them will get a reply. */
    List<Promise<@Nullable Object>> takeAll() {
        List<Promise<@Nullable Object>> all = List.copyOf(requests.values());
        requests.clear();
        return all;
    }

    void close() {
        socket.close();
    }

    private byte[] json(Map<String, @Nullable Object> frame) {
        byte[] json;
        try {
            json = Json.writeBytes(frame);
        } catch (RuntimeException e) {
            throw MusterError.refused("badInput", "cannot be sent as JSON: " + e.getMessage());
        }
        if (json.length > maxBytes) {
            throw MusterError.refused(
                    "limit",
                    "a message of " + json.length + " bytes; the node accepts " + maxBytes
                            + " at most (server.limits.body)");
        }
        if (json.length > maxNesting && nestsDeeper(json, maxNesting)) {
            throw MusterError.refused(
                    "badInput",
                    "a message nested deeper than " + maxNesting + " levels, which the node does not accept");
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

    /** Receives the length of a frame and the frame in turn. */
    @SuppressWarnings("unchecked") // keys of JSON values are text
    private void receive(Buffer record) {
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
                receiver.accept(this, (Map<String, @Nullable Object>) map);
            }
        } catch (JsonException e) {
            socket.close();
        }
    }
}
