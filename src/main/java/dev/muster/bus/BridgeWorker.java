package dev.muster.bus;

import dev.muster.connect.Values;
import dev.muster.connect.call.CallConnector;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
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
    private static final int WRONG = 400;

    /** Longer than any run: a run lasts 15 minutes at most, so no caller waits longer for an answer. */
    private static final Duration PATIENCE = Duration.ofMinutes(16);

    private final BridgeSession session;
    private final BridgeContext desk;
    private final Map<String, MessageConsumer<Object>> consumers = new LinkedHashMap<>();

    /** The pending calls that can be cancelled, by call id. */
    private final Map<@Nullable String, Held> calls = new HashMap<>();

    private @Nullable MessageConsumer<Object> cancels;

    /**
     * A pending call.
     *
     * @param address the address that was called
     * @param reply the address for the worker's reply
     */
    private record Held(String address, String reply) {}

    BridgeWorker(BridgeSession session, BridgeContext desk) {
        this.session = session;
        this.desk = desk;
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
            cancels = desk.bus().consumer(CallConnector.CANCEL, this::cancel);
        }
        consumers.computeIfAbsent(address, one -> desk.bus().consumer(one, this::call));
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
            WorkerCall.unavailable(message, "the worker disconnected before the request was sent");
            return;
        }
        Object body;
        try {
            body = Values.copy(message.body(), MAX_BODY_BYTES);
        } catch (IllegalArgumentException e) {
            message.fail(WRONG, "the body " + e.getMessage());
            return;
        }
        String call = message.headers().get(CallConnector.CALL_HEADER);
        String reply = null;
        if (message.replyAddress() != null) {
            reply = session.expect(new WorkerCall(message, () -> calls.remove(call)), PATIENCE);
            if (reply == null) {
                // The caller has received the failure already.
                return;
            }
            if (call != null) {
                calls.put(call, new Held(message.address(), reply));
            }
        }
        var headers = new LinkedHashMap<String, String>();
        message.headers().forEach(entry -> headers.put(entry.getKey(), entry.getValue()));
        session.message(message.address(), body, headers, reply);
    }

    /** Forwards a cancel to the worker, whose reply is ignored from then on. */
    private void cancel(Message<Object> message) {
        String call = message.headers().get(CallConnector.CANCEL_HEADER);
        Held held = calls.remove(call);
        if (held != null && call != null) {
            session.forget(held.reply());
            session.message(held.address(), null, Map.of(CallConnector.CANCEL_HEADER, call), null);
        }
    }
}
