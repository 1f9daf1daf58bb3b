package dev.muster.connect.call;

import dev.muster.cluster.Cluster;
import dev.muster.cluster.Cluster.Place;
import dev.muster.cluster.Cluster.Question;
import dev.muster.cluster.Requests;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Routes calls over the bus of this process, or round-robin to the nodes whose workers consume the address. Safe on any thread. */
final class CallRoutes {

    private final Requests requests;
    private final Cluster otherNodes;
    private final AtomicInteger turns = new AtomicInteger();

    CallRoutes(EventBus bus, Cluster otherNodes) {
        this.requests = new Requests(bus);
        this.otherNodes = otherNodes;
    }

    /**
     * Sends a request.
     *
     * @param value the request as a JSON value
     * @param body the same value as a body for which the bus has codecs
     */
    Question ask(String address, @Nullable Object value, @Nullable Object body, DeliveryOptions options) {
        if (!otherNodes.isClustered()) {
            return direct(address, body, options);
        }
        var routed = new Routed();
        otherNodes.places(address).onComplete((places, failure) -> {
            Place place = failure != null || places.isEmpty() ? null : next(places);
            if (place != null && place.canBeAsked()) {
                routed.send(() -> elsewhere(place, address, value, options));
            } else {
                boolean isOwn = place != null && place.isOwn();
                routed.send(() -> direct(address, body, isOwn ? options.setLocalOnly(true) : options));
            }
        });
        return routed;
    }

    /** Stops tracking requests. */
    void close() {
        requests.close();
    }

    private Place next(List<Place> places) {
        return places.get(Math.floorMod(turns.getAndIncrement(), places.size()));
    }

    private Question elsewhere(Place place, String address, @Nullable Object value, DeliveryOptions options) {
        var headers = new LinkedHashMap<String, String>();
        options.getHeaders().forEach((name, text) -> headers.put(name, text));
        return otherNodes.ask(place, address, value, headers, Duration.ofMillis(options.getSendTimeout()));
    }

    private Question direct(String address, @Nullable Object body, DeliveryOptions options) {
        return new Direct(requests.send(address, body, options));
    }

    /** A request that the bus itself delivers. */
    private record Direct(Requests.Request request) implements Question {

        @Override
        public Future<@Nullable Object> reply() {
            return request.reply().map(Message::body);
        }

        @Override
        public void giveUp() {
            request.giveUp();
        }
    }

    /** A request whose route is not yet known. */
    private static final class Routed implements Question {
        private final Promise<@Nullable Object> reply = Promise.promise();
        private @Nullable Question question;
        private boolean isGivenUp;

        void send(Supplier<Question> route) {
            Question sent;
            synchronized (this) {
                if (isGivenUp) {
                    return;
                }
                sent = route.get();
                question = sent;
            }
            sent.reply().onComplete(reply);
        }

        @Override
        public Future<@Nullable Object> reply() {
            return reply.future();
        }

        @Override
        public void giveUp() {
            Question sent;
            synchronized (this) {
                isGivenUp = true;
                sent = question;
            }
            if (sent != null) {
                sent.giveUp();
            }
        }
    }
}
