package dev.muster.cluster;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.eventbus.DeliveryContext;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import org.jspecify.annotations.Nullable;

/**
 * Requests over the event bus that can be given up, so that the bus keeps nothing of them. Safe on every thread.
 *
 * <p>The bus has no word for that: it waits for a reply until the time-out. But an interceptor sees the address at which it
 * waits, and any reply ends the wait, an empty one from here too. It goes no further than this process.
 */
public final class Requests {
    private static final DeliveryOptions WITHIN = new DeliveryOptions().setLocalOnly(true);

    /** The request that this thread is sending: the bus intercepts it before it returns. */
    private static final ThreadLocal<@Nullable Request> SENDING = new ThreadLocal<>();

    private final EventBus bus;
    private final Handler<DeliveryContext<Object>> interceptor = this::intercept;

    /** Over this bus. */
    public Requests(EventBus bus) {
        this.bus = bus;
        bus.addOutboundInterceptor(interceptor);
    }

    /** A request that was sent, and its reply. */
    public final class Request {
        private final String address;
        private @Nullable Future<Message<Object>> reply;
        private @Nullable String replyAddress;

        private Request(String address) {
            this.address = address;
        }

        /** The reply, or why there is none. */
        public Future<Message<Object>> reply() {
            return reply == null ? Future.failedFuture("the request was not sent") : reply;
        }

        /** Has the bus forget it; the reply then is empty. Where it has come already, nothing happens. */
        public void giveUp() {
            if (replyAddress != null) {
                bus.send(replyAddress, null, WITHIN);
            }
        }
    }

    /** Sends one. */
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

    /** Looks at requests no longer. */
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
