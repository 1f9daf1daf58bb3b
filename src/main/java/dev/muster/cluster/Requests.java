package dev.muster.cluster;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.eventbus.DeliveryContext;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import org.jspecify.annotations.Nullable;

/**
 * Event-bus requests that can be abandoned, so that the bus keeps no state for them. Safe on any thread.
 *
 * <p>The bus has no cancel: it keeps a reply handler until the time-out. An outbound interceptor therefore records the reply
 * address, and an empty local message to that address ends the wait. That message never leaves this process.
 */
public final class Requests {
    private static final DeliveryOptions WITHIN = new DeliveryOptions().setLocalOnly(true);

    /** The request that the current thread is sending. The bus calls the interceptor before {@code request} returns. */
    private static final ThreadLocal<@Nullable Request> SENDING = new ThreadLocal<>();

    private final EventBus bus;
    private final Handler<DeliveryContext<Object>> interceptor = this::intercept;

    /** Opens requests over this bus and registers an interceptor on it; {@link #close} removes the interceptor. */
    public Requests(EventBus bus) {
        this.bus = bus;
        bus.addOutboundInterceptor(interceptor);
    }

    /** A sent request and its reply. */
    public final class Request {
        private final String address;
        private @Nullable Future<Message<Object>> reply;
        private @Nullable String replyAddress;

        private Request(String address) {
            this.address = address;
        }

        /** The reply, or the reason why there is none. */
        public Future<Message<Object>> reply() {
            return reply == null ? Future.failedFuture("the request was not sent") : reply;
        }

        /**
         * Removes the reply handler from the bus; the reply then completes with an empty message. No effect once the reply has
         * arrived.
         */
        public void giveUp() {
            if (replyAddress != null) {
                bus.send(replyAddress, null, WITHIN);
            }
        }
    }

    /** Sends a request. The time-out of {@code options} applies. */
    public Request send(String address, @Nullable Object body, DeliveryOptions options) {
        var request = new Request(address);
        SENDING.set(request);
        try {
            request.reply = bus.request(address, body, options);
        } finally {
            SENDING.remove();
        }
        return request;
    }

    /** Removes the interceptor from the bus. Requests sent afterwards cannot be abandoned. */
    public void close() {
        bus.removeOutboundInterceptor(interceptor);
    }

    private void intercept(DeliveryContext<Object> context) {
        Request request = SENDING.get();
        Message<Object> message = context.message();
        if (request != null && request.replyAddress == null && request.address.equals(message.address())) {
            request.replyAddress = message.replyAddress();
        }
        context.next();
    }
}
