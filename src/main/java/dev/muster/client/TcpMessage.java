package dev.muster.client;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message that came over a TCP bridge.
 *
 * @param channel over which it came
 * @param wire the connection
 * @param frame as it was sent
 */
record TcpMessage(TcpChannel channel, TcpWire wire, Map<String, @Nullable Object> frame) implements Arrived {

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
        send("address", frame.get("replyAddress"), "body", value);
    }

    @Override
    public void fail(int code, String message) {
        send("address", frame.get("replyAddress"), "failureCode", (long) code, "message", message);
    }

    private void send(@Nullable Object... words) {
        if (frame.get("replyAddress") != null) {
            channel.reply(wire, words);
        }
    }
}
