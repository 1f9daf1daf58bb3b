package dev.muster.cluster;

import dev.muster.cluster.Cluster.Answerer;
import dev.muster.loop.Loop;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The pending requests of other nodes to this one. Runs on one loop, except {@link #answer} and {@link #left}, which are safe on
 * any thread.
 */
final class NodeServer {

    static final String TO = "muster-to";
    static final String WITHIN = "muster-within";
    static final String FROM = "muster-from";
    static final String QUESTION = "muster-question";
    static final String DROP = "muster-drop";
    static final String HURRY = "muster-hurry";

    /** The headers of the protocol itself. All other headers belong to the request. */
    static final List<String> OWN = List.of(TO, WITHIN, FROM, QUESTION, DROP, HURRY);

    private static final int WRONG = 400;

    private final Loop loop;
    private final Map<String, Answerer> answerers = new ConcurrentSkipListMap<>();
    private final Map<String, NodeRequest> pending = new HashMap<>();

    NodeServer(Loop loop) {
        this.loop = loop;
    }

    /** Registers the handler of requests to addresses with this prefix. Safe on any thread. */
    void answer(String beginning, Answerer answerer) {
        answerers.put(beginning, answerer);
    }

    /** Ends all requests of a node that has left the cluster. Safe on any thread. */
    void left(String node) {
        loop.execute(() -> List.copyOf(pending.values()).stream()
                .filter(request -> request.from().equals(node))
                .forEach(NodeRequest::gone));
    }

    /** Accepts a new request, or a notice that an earlier one was given up or must be answered at once. */
    void take(Message<Object> message) {
        String dropped = message.headers().get(DROP);
        String hurried = message.headers().get(HURRY);
        if (dropped != null || hurried != null) {
            NodeRequest request = pending.get(dropped == null ? hurried : dropped);
            if (request != null && dropped != null) {
                request.gone();
            } else if (request != null) {
                request.hurried();
            }
            return;
        }
        String name = message.headers().get(QUESTION);
        String from = message.headers().get(FROM);
        String to = message.headers().get(TO);
        Duration patience = patience(message.headers().get(WITHIN));
        if (name == null || from == null || to == null || patience == null || !(message.body() instanceof String)) {
            message.fail(WRONG, "this address is for nodes of a cluster of Muster");
            return;
        }
        Answerer answerer = answerer(to);
        if (answerer == null) {
            message.reply(
                    new ReplyException(ReplyFailure.NO_HANDLERS, Cluster.GONE, "the node does not serve this address"));
            return;
        }
        var request = new NodeRequest(loop, message, patience, () -> pending.remove(name));
        pending.put(name, request);
        answerer.asked(request);
    }

    /** The time in a header, a positive whole number of milliseconds; null if it is anything else. */
    private static @Nullable Duration patience(@Nullable String millis) {
        try {
            long value = millis == null ? 0 : Long.parseLong(millis);
            return value > 0 ? Duration.ofMillis(value) : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private @Nullable Answerer answerer(String address) {
        Answerer longest = null;
        // In ascending order of prefixes: of those that match, a longer one comes later.
        for (Map.Entry<String, Answerer> entry : answerers.entrySet()) {
            if (address.startsWith(entry.getKey())) {
                longest = entry.getValue();
            }
        }
        return longest;
    }
}
