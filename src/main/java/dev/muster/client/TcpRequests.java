package dev.muster.client;

import io.vertx.core.Promise;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The requests in flight over a connection to a TCP bridge. Used on the loop of its transport. */
final class TcpRequests {

    private final @Nullable String authorization;
    private final Map<String, Promise<@Nullable Object>> open = new LinkedHashMap<>();
    private long count;

    TcpRequests(@Nullable String authorization) {
        this.authorization = authorization;
    }

    /**
     * Sends a request. A request that cannot be sent fails alone.
     *
     * @param headers null for none
     */
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

    /** Withdraws a request if it was sent; otherwise fails it. */
    void withdraw(@Nullable TcpWire wire, String call, Promise<@Nullable Object> reply) {
        if (wire != null && open.containsValue(reply)) {
            wire.send("send", "address", Channel.CANCEL, "headers", Map.of(Channel.CANCEL_HEADER, call));
        } else {
            reply.tryFail(MusterError.unavailable("the request was withdrawn before it was sent"));
        }
    }

    /** Removes and returns the request with this reply address; null if there is none. */
    @Nullable
    Promise<@Nullable Object> take(String address) {
        return open.remove(address);
    }

    /** Removes and returns all requests, because none of them will get a reply. */
    List<Promise<@Nullable Object>> takeAll() {
        List<Promise<@Nullable Object>> all = List.copyOf(open.values());
        open.clear();
        return all;
    }
}
