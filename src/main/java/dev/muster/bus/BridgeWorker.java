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
 * The addresses that a client of a bridge answers at, and the calls that it has. The bus gives each call of an address to the
 * next of those who answer there. On the loop of its connection.
 */
final class BridgeWorker {

    private static final long MOST_BODY_BYTES = 16L << 20;
    private static final int WRONG = 400;

    /** No run is longer than 15 minutes, so nobody waits for an answer that takes longer. */
    private static final Duration PATIENCE = Duration.ofMinutes(16);

    private final BridgeSession session;
    private final BridgeDesk desk;
    private final Map<String, MessageConsumer<Object>> consumers = new LinkedHashMap<>();

    /** The calls that can be cancelled, by their identifiers. */
    private final Map<@Nullable String, Held> calls = new HashMap<>();

    private @Nullable MessageConsumer<Object> cancels;

    /**
     * A call that the worker has.
     *
     * @param address where it was called
     * @param reply the address under which it answers
     */
    private record Held(String address, String reply) {}

    BridgeWorker(BridgeSession session, BridgeDesk desk) {
        this.session = session;
        this.desk = desk;
    }

    boolean isWorking() {
        return !consumers.isEmpty();
    }

    int addresses() {
        return consumers.size();
    }

    /** Answers at an address; again does nothing. */
    void register(String address) {
        if (cancels == null) {
            cancels = desk.bus().consumer(CallConnector.CANCEL, this::cancel);
        }
        consumers.computeIfAbsent(address, one -> desk.bus().consumer(one, this::call));
    }

    /** Answers there no longer; calls that it has stay its own. */
    boolean unregister(String address) {
        MessageConsumer<Object> consumer = consumers.remove(address);
        if (consumer != null) {
            consumer.unregister();
        }
        return consumer != null;
    }

    /** Ends all of it; the calls themselves are the session's. */
    void close() {
        consumers.values().forEach(MessageConsumer::unregister);
        consumers.clear();
        if (cancels != null) {
            cancels.unregister();
        }
    }

    private void call(Message<Object> message) {
        if (session.isClosed()) {
            WorkerCall.unavailable(message, "the worker went away before it was asked");
            return;
        }
        Object body;
        try {
            body = Values.copy(message.body(), MOST_BODY_BYTES);
        } catch (IllegalArgumentException e) {
            message.fail(WRONG, "the body " + e.getMessage());
            return;
        }
        String call = message.headers().get(CallConnector.CALL_HEADER);
        String reply = null;
        if (message.replyAddress() != null) {
            reply = session.expect(new WorkerCall(message, () -> calls.remove(call)), PATIENCE);
            if (reply == null) {
                // Its caller has been told that nobody was asked.
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

    /** Whoever called wants no answer any more. */
    private void cancel(Message<Object> message) {
        String call = message.headers().get(CallConnector.CANCEL_HEADER);
        Held held = calls.remove(call);
        if (held != null && call != null) {
            session.forget(held.reply());
            session.message(held.address(), null, Map.of(CallConnector.CANCEL_HEADER, call), null);
        }
    }
}
