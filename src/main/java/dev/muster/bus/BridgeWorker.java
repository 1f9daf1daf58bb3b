package dev.muster.bus;

import dev.muster.cluster.Cluster;
import dev.muster.connect.Values;
import dev.muster.connect.call.Bodies;
import dev.muster.connect.call.CallConnector;
import dev.muster.text.Utf8;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The worker addresses that a bridge client serves, and the calls it has received. The bus distributes the calls to an address over
 * the workers registered there. Runs on the loop of the connection.
 */
final class BridgeWorker {

    private static final long MAX_BODY_BYTES = 16L << 20;
    private static final int BAD_REQUEST = 400;
    private static final int BAD_REPLY = 502;
    private static final int MAX_MESSAGE = 10_000;

    /** Longer than any run: a run lasts 15 minutes at most, so no caller waits longer for an answer. */
    private static final Duration PATIENCE = Duration.ofMinutes(16);

    private final BridgeSession session;
    private final Bridge.Context context;
    private final Map<String, MessageConsumer<Object>> consumers = new LinkedHashMap<>();

    /** The pending calls that can be cancelled, by call id. */
    private final Map<@Nullable String, Call> calls = new HashMap<>();

    private @Nullable MessageConsumer<Object> cancels;

    BridgeWorker(BridgeSession session, Bridge.Context context) {
        this.session = session;
        this.context = context;
    }

    boolean isWorking() {
        return !consumers.isEmpty();
    }

    int addresses() {
        return consumers.size();
    }

    /** Registers the worker at an address. Idempotent. */
    void register(String address) {
        if (cancels == null) {
            cancels = context.bus().consumer(CallConnector.CANCEL, this::cancel);
        }
        consumers.computeIfAbsent(address, absent -> context.bus().consumer(absent, this::call));
    }

    /** Unregisters the worker from an address; it can still answer the calls it has. Returns false if it was not registered. */
    boolean unregister(String address) {
        MessageConsumer<Object> consumer = consumers.remove(address);
        if (consumer != null) {
            consumer.unregister();
        }
        return consumer != null;
    }

    /** Unregisters the worker everywhere. The session ends the pending calls. */
    void close() {
        consumers.values().forEach(MessageConsumer::unregister);
        consumers.clear();
        if (cancels != null) {
            cancels.unregister();
        }
    }

    private void call(Message<Object> message) {
        if (session.isClosed()) {
            unavailable(message, "the worker disconnected before the request was sent");
            return;
        }
        Object body;
        try {
            body = Values.copy(message.body(), MAX_BODY_BYTES);
        } catch (IllegalArgumentException e) {
            message.fail(BAD_REQUEST, "the body " + e.getMessage());
            return;
        }
        String reply = null;
        if (message.replyAddress() != null) {
            String id = message.headers().get(CallConnector.CALL_HEADER);
            var call = new Call(message, id);
            reply = session.expect(call, PATIENCE);
            if (reply == null) {
                // The caller has received the failure already.
                return;
            }
            call.reply = reply;
            if (id != null) {
                calls.put(id, call);
            }
        }
        var headers = new LinkedHashMap<String, String>();
        message.headers().forEach(entry -> headers.put(entry.getKey(), entry.getValue()));
        session.message(message.address(), body, headers, reply);
    }

    /** Forwards a cancel to the worker, whose reply is ignored from then on. */
    private void cancel(Message<Object> message) {
        String id = message.headers().get(CallConnector.CANCEL_HEADER);
        Call call = calls.remove(id);
        if (call != null && id != null) {
            session.forget(call.reply);
            session.message(call.message.address(), null, Map.of(CallConnector.CANCEL_HEADER, id), null);
        }
    }

    /** Replies that no worker can answer. */
    private static void unavailable(Message<Object> message, String why) {
        message.reply(new ReplyException(ReplyFailure.NO_HANDLERS, Cluster.GONE, why));
    }

    /** A call that waits for the worker's reply. */
    private final class Call implements ReplyAddresses.PendingReply {

        private final Message<Object> message;
        private final @Nullable String id;

        /** The address for the worker's reply; empty until it is known. */
        private String reply = "";

        Call(Message<Object> message, @Nullable String id) {
            this.message = message;
            this.id = id;
        }

        @Override
        public void replied(@Nullable Object body, Map<String, String> headers) {
            calls.remove(id);
            var options = new DeliveryOptions();
            headers.forEach((name, value) -> {
                if (!name.equals("authorization")) {
                    options.addHeader(name, value);
                }
            });
            try {
                message.reply(Bodies.toBus(body), options);
            } catch (IllegalArgumentException e) {
                message.fail(BAD_REPLY, "the reply: " + e.getMessage());
            }
        }

        @Override
        public void failed(long code, String text) {
            calls.remove(id);
            message.fail((int) code, Utf8.beginning(text, MAX_MESSAGE));
        }

        @Override
        public void lost() {
            calls.remove(id);
            unavailable(message, "the worker disconnected before it replied");
        }
    }
}
