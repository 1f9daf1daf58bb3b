package dev.muster.bus;

import dev.muster.access.Callers;
import dev.muster.connect.Values;
import dev.muster.connect.call.Bodies;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.MemoryBudget;
import dev.muster.service.ManagedRun;
import dev.muster.service.PendingRequest;
import io.vertx.core.Future;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request of a peer on the event bus, in this process or another one. Runs on the loop of the consumer. */
final class PeerRequest implements BusRequest {

    private static final String EVENTS = "muster.events.";

    private final EventBus bus;
    private final Message<Object> message;
    private final int maxBytes;
    private final MessageMemory memory;

    PeerRequest(EventBus bus, Message<Object> message, int maxBytes, MemoryBudget budget) {
        this.bus = bus;
        this.message = message;
        this.maxBytes = maxBytes;
        this.memory = new MessageMemory(budget);
    }

    @Override
    public @Nullable String header(String name) {
        return name.equals("authorization")
                ? Callers.authorization(message.headers())
                : message.headers().get(name);
    }

    @Override
    public List<String> headers(String name) {
        return message.headers().getAll(name);
    }

    @Override
    public @Nullable Object body() {
        try {
            return memory.weighed(Values.adopt(message.body(), maxBytes));
        } catch (Values.TooLargeException e) {
            throw new MusterException(
                    ErrorType.LIMIT, "the body of the message " + e.getMessage() + " (server.limits.body)", e);
        } catch (IllegalArgumentException e) {
            throw new MusterException(ErrorType.BAD_INPUT, "the body of the message " + e.getMessage(), e);
        }
    }

    @Override
    public MemoryBudget.Share memory() {
        return memory.share();
    }

    @Override
    public boolean isGone() {
        return false;
    }

    @Override
    public EventFeed.Target target(String address) {
        if (BusSettings.isOwn(address) && !address.startsWith(EVENTS)) {
            throw new MusterException(
                    ErrorType.DENIED,
                    "events can only be sent to addresses of your own or to " + EVENTS + "…, not to " + address);
        }
        return new PeerTarget(bus, address);
    }

    @Override
    public void bindRun(ManagedRun run) {}

    /** No effect: the bus does not report that a peer has left. */
    @Override
    public void bindWait(PendingRequest<?> pending) {}

    @Override
    public void reply(@Nullable Object value, Map<String, String> headers) {
        memory.release();
        var options = new DeliveryOptions();
        headers.forEach(options::addHeader);
        try {
            message.reply(value instanceof Map<?, ?> map ? shallow(map) : Bodies.toBus(value), options);
        } catch (IllegalArgumentException e) {
            fail(BusError.of(new MusterException(ErrorType.BAD_RESPONSE, "the output: " + e.getMessage(), e)));
        }
    }

    @Override
    @SuppressWarnings("unchecked") // keys of JSON values are text
    public void handOver(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            memory.release();
            message.reply(new OwnedBody((Map<String, Object>) map));
        } else {
            reply(value, Map.of());
        }
    }

    /** A shallow wrapper is enough: the bus copies the message on delivery and converts nested maps then. */
    @SuppressWarnings("unchecked") // keys of JSON values are text
    private static JsonObject shallow(Map<?, ?> map) {
        return new JsonObject((Map<String, Object>) map);
    }

    @Override
    public void fail(BusError error) {
        memory.release();
        message.fail(error.code(), error.message());
    }

    /** An address on the bus. */
    private record PeerTarget(EventBus bus, String address) implements EventFeed.Target {

        @Override
        public Future<?> send(long number, Map<String, @Nullable Object> event, boolean acknowledged) {
            var options =
                    new DeliveryOptions().setSendTimeout(PATIENCE.toMillis()).addHeader(NUMBER, Long.toString(number));
            Object body = Bodies.toBus(event);
            return acknowledged
                    ? bus.request(address, body, options)
                    : bus.sender(address, options).write(body);
        }

        @Override
        public Future<Void> room() {
            return Future.succeededFuture();
        }
    }
}
