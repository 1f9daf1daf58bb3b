package dev.muster.client;

import dev.muster.text.Utf8;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message that arrived over a TCP bridge.
 *
 * @param channel transport over which it arrived
 * @param wire connection over which it arrived
 * @param frame the frame as it was sent
 */
record TcpMessage(TcpChannel channel, TcpWire wire, Map<String, @Nullable Object> frame) implements Arrived {

    /** The maximum length of a failure message that is sent, in characters. */
    private static final int MAX_MESSAGE = 10_000;

    @Override
    public @Nullable Object body() {
        return frame.get("body");
    }

    @Override
    public Map<String, String> headers() {
        var headers = new LinkedHashMap<String, String>();
        if (frame.get("headers") instanceof Map<?, ?> map) {
            map.forEach((name, value) -> headers.put(String.valueOf(name), String.valueOf(value)));
        }
        return headers;
    }

    @Override
    public void reply(@Nullable Object value) {
        send("body", value);
    }

    @Override
    public void fail(int code, String message) {
        send("failureCode", (long) code, "message", Utf8.beginning(message, MAX_MESSAGE));
    }

    private void send(@Nullable Object... words) {
        Object address = frame.get("replyAddress");
        if (address != null) {
            channel.reply(wire, address, words);
        }
    }
}
