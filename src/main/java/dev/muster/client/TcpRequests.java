package dev.muster.client;

import io.vertx.core.Promise;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was asked over a connection to a TCP bridge and not answered yet. On the loop of its channel. */
final class TcpRequests {

    private final @Nullable String authorization;
    private final Map<String, Promise<@Nullable Object>> open = new LinkedHashMap<>();
    private long count;

    TcpRequests(@Nullable String authorization) {
        this.authorization = authorization;
    }

    /** Asks; null headers are none. What cannot be sent fails alone. */
    void send(
            TcpWire wire,
            String address,
            Map<String, ?> body,
            @Nullable Map<String, String> headers,
            Promise<@Nullable Object> reply) {
        count++;
        String own = "r" + count;
        try {
            wire.send(
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
            open.put(own, reply);
        } catch (MusterError e) {
            reply.tryFail(e);
        }
    }

    /** Withdraws what was asked by a name, if it was; it fails if it was not and is not to be. */
    void withdraw(@Nullable TcpWire wire, String call, Promise<@Nullable Object> reply) {
        if (wire != null && open.containsValue(reply)) {
            wire.send("send", "address", Channel.CANCEL, "headers", Map.of(Channel.CANCEL_HEADER, call));
        } else {
            reply.tryFail(MusterError.unavailable("the request was withdrawn before it was sent"));
        }
    }

    /** What is answered at an address; null if that is none of an answer. */
    @Nullable
    Promise<@Nullable Object> take(String address) {
        return open.remove(address);
    }

    /** All of it, which is answered no more. */
    List<Promise<@Nullable Object>> takeAll() {
        List<Promise<@Nullable Object>> all = List.copyOf(open.values());
        open.clear();
        return all;
    }
}
