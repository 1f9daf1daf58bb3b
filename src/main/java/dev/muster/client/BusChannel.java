package dev.muster.client;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The transport over the event bus of a Vert.x in whose process or cluster the node is. Safe on any thread. */
final class BusChannel implements Channel {

    private static final String CANCELS_OF = "cancels of ";

    private final EventBus bus;
    private final @Nullable String authorization;
    private volatile boolean isClosed;
    private final Map<String, MessageConsumer<Object>> consumers = new ConcurrentHashMap<>();

    BusChannel(Vertx vertx, ClientOptions options) {
        this.bus = vertx.eventBus();
        this.authorization = options.authorization();
    }

    @Override
    public Future<@Nullable Object> ask(String address, Map<String, ?> body, Duration patience) {
        return ask(address, body, options().setSendTimeout(patience.toMillis()));
    }

    @Override
    public QueueRequest<@Nullable Object> askAndWait(String address, Map<String, ?> body, Duration patience) {
        String call = UUID.randomUUID().toString();
        var options = options().setSendTimeout(patience.toMillis()).addHeader(CALL_HEADER, call);
        return new QueueRequest<>(
                ask(address, body, options),
                () -> bus.send(CANCEL, null, options().addHeader(CANCEL_HEADER, call)));
    }

    private DeliveryOptions options() {
        var options = new DeliveryOptions();
        return authorization == null ? options : options.addHeader("authorization", authorization);
    }

    private Future<@Nullable Object> ask(String address, Map<String, ?> body, DeliveryOptions options) {
        return bus.request(address, ClientValues.toBus(body), options)
                .transform((reply, failure) -> failure == null
                        ? Future.succeededFuture(ClientValues.fromBus(reply.body()))
                        : Future.failedFuture(error(address, failure)));
    }

    @Override
    public Future<Void> listen(String address, boolean stays, Consumer<Arrived> taken, Consumer<MusterError> broken) {
        return register(address, bus.consumer(address, message -> taken.accept(new BusMessage(message))));
    }

    /** Passes the ids of cancelled calls to a listener, until the address is left. */
    Future<Void> cancels(String address, Consumer<@Nullable String> told) {
        return register(
                CANCELS_OF + address,
                bus.consumer(
                        "muster.call.cancel",
                        message -> told.accept(message.headers().get(CANCEL_HEADER))));
    }

    /** Keeps a consumer under a name, in place of an earlier one. */
    private Future<Void> register(String name, MessageConsumer<Object> consumer) {
        MessageConsumer<Object> before = consumers.put(name, consumer);
        if (before != null) {
            before.unregister();
        }
        return consumer.completion();
    }

    @Override
    public void leave(String address) {
        unregister(address);
        unregister(CANCELS_OF + address);
    }

    private void unregister(String name) {
        MessageConsumer<Object> consumer = consumers.remove(name);
        if (consumer != null) {
            consumer.unregister();
        }
    }

    @Override
    public boolean isClosed() {
        return isClosed;
    }

    @Override
    public Future<Void> close() {
        isClosed = true;
        consumers.keySet().forEach(this::unregister);
        return Future.succeededFuture();
    }

    private static MusterError error(String address, Throwable failure) {
        boolean answered =
                failure instanceof ReplyException reply && reply.failureType() == ReplyFailure.RECIPIENT_FAILURE;
        return answered
                ? MusterError.parse(failure.getMessage())
                : MusterError.unavailable("no node answers at " + address + ": " + failure.getMessage());
    }

    /** A message of the event bus. */
    private record BusMessage(Message<Object> message) implements Arrived {

        @Override
        public @Nullable Object body() {
            return ClientValues.fromBus(message.body());
        }

        @Override
        public Map<String, String> headers() {
            var headers = new LinkedHashMap<String, String>();
            message.headers().forEach(entry -> headers.put(entry.getKey(), entry.getValue()));
            return headers;
        }

        @Override
        public void reply(@Nullable Object value) {
            message.reply(ClientValues.toBus(value));
        }

        @Override
        public void fail(int code, String text) {
            message.fail(code, text);
        }
    }
}
