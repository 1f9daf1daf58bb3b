package dev.muster.bus;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.text.Printable;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A frame from a bridge client.
 *
 * @param type the kind of frame, such as {@code send}, {@code register}, {@code ping}
 * @param address the target address; empty if absent
 * @param replyAddress the address for the reply, or null
 * @param headers the headers, by lower-case name
 * @param body a JSON value
 * @param failureCode the code of a failed reply, or null
 * @param message the message of a failed reply; empty if absent
 * @param memory the frame's share of the node's memory budget
 */
record BridgeFrame(
        String type,
        String address,
        @Nullable String replyAddress,
        Map<String, String> headers,
        @Nullable Object body,
        @Nullable Long failureCode,
        String message,
        MessageMemory memory) {

    /** The characters of a client's text that a message quotes. */
    static final int MAX_QUOTED = 100;

    private static final String AUTHORIZATION = "authorization";

    /**
     * Parses a frame.
     *
     * @throws MusterException of type {@code badInput}; of type {@code limit} if the node's memory budget is exhausted
     */
    static BridgeFrame parse(byte[] json, MessageMemory memory) {
        Object value;
        try {
            value = Json.parse(json, memory.share());
        } catch (JsonException e) {
            throw wrong("is not JSON: " + e.getMessage());
        }
        if (!(value instanceof Map<?, ?> map) || !(map.get("type") instanceof String type)) {
            throw wrong("must be an object with a type");
        }
        String reply = text(map, "replyAddress");
        String address = text(map, "address");
        String message = text(map, "message");
        return new BridgeFrame(
                type,
                address == null ? "" : address,
                reply,
                headers(map),
                map.get("body"),
                map.get("failureCode") instanceof Long code ? code : null,
                message == null ? "" : message,
                memory);
    }

    /**
     * The credentials of the sender, from the header or the field {@code authorization}, or null. If a frame has both, the result
     * identifies no caller.
     */
    @Nullable
    String authorization() {
        return headers.get(AUTHORIZATION);
    }

    private static Map<String, String> headers(Map<?, ?> frame) {
        var headers = new LinkedHashMap<String, String>();
        Object value = frame.get("headers");
        if (value != null && !(value instanceof Map)) {
            throw wrong("has headers that are not an object");
        }
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, header) -> {
                if (header instanceof Map || header instanceof Iterable) {
                    throw wrong("has a header that is not text");
                }
                String known = String.valueOf(name).toLowerCase(Locale.ROOT);
                boolean isAgain = headers.containsKey(known);
                if (isAgain && !known.equals(AUTHORIZATION)) {
                    throw wrong("has the header " + Printable.beginning(known, MAX_QUOTED) + " twice");
                }
                headers.merge(known, String.valueOf(header), BridgeFrame::both);
            });
        }
        String authorization = text(frame, AUTHORIZATION);
        if (authorization != null) {
            headers.merge(AUTHORIZATION, authorization, BridgeFrame::both);
        }
        return headers;
    }

    /**
     * Joins two credentials to a list, as HTTP joins repeated headers. The list identifies no caller: a proxy could have checked
     * either one.
     */
    private static String both(String first, String second) {
        return first + ", " + second;
    }

    private static @Nullable String text(Map<?, ?> frame, String word) {
        Object value = frame.get(word);
        if (value != null && !(value instanceof String)) {
            throw wrong("has a " + word + " that is not text");
        }
        return (String) value;
    }

    private static MusterException wrong(String detail) {
        return new MusterException(ErrorType.BAD_INPUT, "the frame " + detail);
    }
}
