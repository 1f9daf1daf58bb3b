package dev.muster.cluster;

import dev.muster.cluster.OtherNodes.Answerer;
import dev.muster.loop.Loop;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** What other nodes ask of this one and has not been answered yet. On one loop, but {@link #answer} and {@link #left}. */
final class Inquiries {

    static final String TO = "muster-to";
    static final String WITHIN = "muster-within";
    static final String FROM = "muster-from";
    static final String QUESTION = "muster-question";
    static final String DROP = "muster-drop";
    static final String HURRY = "muster-hurry";

    /** The headers that are of the question and not of what is asked. */
    static final List<String> OWN = List.of(TO, WITHIN, FROM, QUESTION, DROP, HURRY);

    private static final int WRONG = 400;

    private final Loop loop;
    private final Map<String, Answerer> answerers = new ConcurrentSkipListMap<>();
    private final Map<String, Asking> asking = new HashMap<>();

    private record Asking(String from, Inquiry inquiry) {}

    Inquiries(Loop loop) {
        this.loop = loop;
    }

    /** Has those answered whose address begins so. */
    void answer(String beginning, Answerer answerer) {
        answerers.put(beginning, answerer);
    }

    /** A node is gone, and waits for nothing any more. */
    void left(String node) {
        loop.execute(() -> List.copyOf(asking.values()).stream()
                .filter(one -> one.from().equals(node))
                .forEach(one -> one.inquiry().gone()));
    }

    /** Takes a question, or that one is given up or wanted soon. */
    void take(Message<Object> message) {
        String dropped = message.headers().get(DROP);
        String hurried = message.headers().get(HURRY);
        if (dropped != null || hurried != null) {
            Asking one = asking.get(dropped == null ? hurried : dropped);
            if (one != null && dropped != null) {
                one.inquiry().gone();
            } else if (one != null) {
                one.inquiry().hurried();
            }
            return;
        }
        String name = message.headers().get(QUESTION);
        String from = message.headers().get(FROM);
        String to = message.headers().get(TO);
        if (name == null || from == null || to == null || !(message.body() instanceof String)) {
            message.fail(WRONG, "this address is for nodes of a cluster of Muster");
            return;
        }
        Answerer answerer = answerer(to);
        if (answerer == null) {
            message.reply(
                    new ReplyException(ReplyFailure.NO_HANDLERS, OtherNodes.GONE, "the node does not answer there"));
            return;
        }
        var inquiry = new Inquiry(loop, message, () -> asking.remove(name));
        asking.put(name, new Asking(from, inquiry));
        answerer.asked(inquiry);
    }

    private @Nullable Answerer answerer(String address) {
        Answerer longest = null;
        // In the order of their beginnings, so that longer ones come later.
        for (Map.Entry<String, Answerer> one : answerers.entrySet()) {
            if (address.startsWith(one.getKey())) {
                longest = one.getValue();
            }
        }
        return longest;
    }
}
