package dev.muster.bus;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A frame that came over a bridge.
 *
 * @param type what it is: {@code send}, {@code register}, {@code ping}
 * @param address where it goes; empty where it says none
 * @param replyAddress under which the reply is to come, or null
 * @param headers by their names in small letters
 * @param body a JSON value
 * @param failureCode of a reply that is a failure, or null
 * @param message what such a reply says
 * @param memory what it holds of the node's memory
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

    private static final String AUTHORIZATION = "authorization";

    /**
     * Reads one.
     *
     * @throws MusterException of type {@code badInput}; of type {@code limit} if the node has no memory for it
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

    /** Who sends it: its own header, or a word of the frame; both together are nobody's. */
    @Nullable
    String authorization() {
        return headers.get(AUTHORIZATION);
    }

    private static Map<String, String> headers(Map<?, ?> frame) {
        var headers = new LinkedHashMap<String, String>();
        Object given = frame.get("headers");
        if (given != null && !(given instanceof Map)) {
            throw wrong("has headers that are no object");
        }
        if (given instanceof Map<?, ?> map) {
            map.forEach((name, value) -> {
                if (value instanceof Map || value instanceof Iterable) {
                    throw wrong("has a header that is no text");
                }
                String known = String.valueOf(name).toLowerCase(Locale.ROOT);
                boolean isAgain = headers.containsKey(known);
                if (isAgain && !known.equals(AUTHORIZATION)) {
                    throw wrong("has the header " + BridgeText.shown(known) + " twice");
                }
                headers.merge(known, String.valueOf(value), BridgeFrame::both);
            });
        }
        String authorization = text(frame, AUTHORIZATION);
        if (authorization != null) {
            headers.merge(AUTHORIZATION, authorization, BridgeFrame::both);
        }
        return headers;
    }

    /** Of two credentials nobody can tell which one others went by: they are one list, as in HTTP, which identifies nobody. */
    private static String both(String one, String other) {
        return one + ", " + other;
    }

    private static @Nullable String text(Map<?, ?> frame, String word) {
        Object value = frame.get(word);
        if (value != null && !(value instanceof String)) {
            throw wrong("has a " + word + " that is no text");
        }
        return (String) value;
    }

    private static MusterException wrong(String detail) {
        return new MusterException(ErrorType.BAD_INPUT, "the frame " + detail);
    }
}
