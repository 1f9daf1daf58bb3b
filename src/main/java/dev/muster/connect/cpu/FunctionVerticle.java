package dev.muster.connect.cpu;

import dev.muster.connect.WorkTicket;
import dev.muster.connect.cpu.MusterFunction.Kind;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageCodec;
import io.vertx.core.eventbus.MessageConsumer;

/**
 * The verticle that hands functions to their pools. It consumes tickets at a local address for each kind of function and begins
 * them.
 *
 * <p>It runs on an event loop and never blocks. A verticle whose own context runs functions could not be undeployed, nor its Vert.x
 * closed, while a function does not end. Tickets are passed by reference and hold a slot in the pool before they are sent, so that
 * they cannot pile up here.
 */
final class FunctionVerticle extends VerticleBase {
    private static final String CODEC = "muster.work";
    private static final int BAD_MESSAGE = 400;

    static String address(Kind kind) {
        return kind == Kind.CPU ? "muster.function.cpu" : "muster.function.blocking";
    }

    static DeliveryOptions options(Vertx vertx) {
        try {
            vertx.eventBus().registerCodec(new ByReference());
        } catch (IllegalStateException e) {
            // Another connector of this Vert.x registered the codec; it has no state.
        }
        return new DeliveryOptions().setCodecName(CODEC).setLocalOnly(true);
    }

    @Override
    public Future<?> start() {
        Future<Void> ready = Future.succeededFuture();
        for (Kind kind : Kind.values()) {
            MessageConsumer<Object> consumer = vertx.eventBus().localConsumer(address(kind), FunctionVerticle::handle);
            ready = ready.compose(done -> consumer.completion());
        }
        return ready;
    }

    private static void handle(Message<Object> message) {
        if (message.body() instanceof WorkTicket ticket) {
            ticket.begin();
        } else {
            message.fail(BAD_MESSAGE, "this address is internal to Muster; run a plan instead");
        }
    }

    private static final class ByReference implements MessageCodec<WorkTicket, WorkTicket> {
        @Override
        public void encodeToWire(Buffer buffer, WorkTicket ticket) {
            throw new UnsupportedOperationException("a ticket stays in its process");
        }

        @Override
        public WorkTicket decodeFromWire(int position, Buffer buffer) {
            throw new UnsupportedOperationException("a ticket stays in its process");
        }

        @Override
        public WorkTicket transform(WorkTicket ticket) {
            return ticket;
        }

        @Override
        public String name() {
            return CODEC;
        }

        @Override
        public byte systemCodecID() {
            return -1;
        }
    }
}
