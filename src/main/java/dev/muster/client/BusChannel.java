package dev.muster.client;

import dev.muster.text.Utf8;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
        return bus.request(address, toBus(body), options)
                .transform((reply, failure) -> failure == null
                        ? Future.succeededFuture(fromBus(reply.body()))
                        : Future.failedFuture(error(address, failure)));
    }

    @Override
    public Future<Void> listen(
            String address, boolean stays, Consumer<Incoming> receiver, Consumer<MusterError> broken) {
        return register(address, bus.consumer(address, message -> receiver.accept(new BusMessage(message))));
    }

    /** Passes the ids of cancelled calls to a listener, until the address is left. */
    Future<Void> cancels(String address, Consumer<@Nullable String> listener) {
        return register(
                CANCELS_OF + address,
                bus.consumer(
                        "muster.call.cancel",
                        message -> listener.accept(message.headers().get(CANCEL_HEADER))));
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

    /** Converts a JSON value to a body of the event bus. */
    @SuppressWarnings("unchecked") // keys of JSON values are text
    static @Nullable Object toBus(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            var copy = new LinkedHashMap<String, @Nullable Object>();
            ((Map<String, @Nullable Object>) map).forEach((key, item) -> {
                if (Utf8.hasHalf(key)) {
                    throw new IllegalArgumentException("a key " + Utf8.HALF);
                }
                copy.put(key, toBus(item));
            });
            return new JsonObject(copy);
        }
        if (value instanceof List<?> list) {
            var copy = new ArrayList<@Nullable Object>(list.size());
            list.forEach(item -> copy.add(toBus(item)));
            return new JsonArray(copy);
        }
        return value;
    }

    /** Converts a body of the event bus to a JSON value. */
    private static @Nullable Object fromBus(@Nullable Object value) {
        if (value instanceof JsonObject object) {
            return fromBus(object.getMap());
        }
        if (value instanceof JsonArray array) {
            return fromBus(array.getList());
        }
        if (value instanceof Map<?, ?> map) {
            var copy = new LinkedHashMap<String, @Nullable Object>();
            map.forEach((key, item) -> copy.put(String.valueOf(key), fromBus(item)));
            return copy;
        }
        if (value instanceof List<?> list) {
            var copy = new ArrayList<@Nullable Object>(list.size());
            list.forEach(item -> copy.add(fromBus(item)));
            return copy;
        }
        return value instanceof Integer number ? (Object) number.longValue() : value;
    }

    /** A message of the event bus. */
    private record BusMessage(Message<Object> message) implements Incoming {

        @Override
        public @Nullable Object body() {
            return fromBus(message.body());
        }

        @Override
        public Map<String, String> headers() {
            var headers = new LinkedHashMap<String, String>();
            message.headers().forEach(entry -> headers.put(entry.getKey(), entry.getValue()));
            return headers;
        }

        @Override
        public void reply(@Nullable Object value) {
            message.reply(toBus(value));
        }

        @Override
        public void fail(int code, String text) {
            message.fail(code, text);
        }
    }
}
