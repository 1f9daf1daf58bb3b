package dev.muster.bus;

import dev.muster.connect.queue.RemoteQueues;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;

/**
 * The event-bus addresses of queues for peers: {@code muster.queue.{name}.put} and the like, answered on the queue's own loop, and
 * {@code muster.queue.cancel}. Only this process has them, as a lease is of one node; other nodes of a cluster ask in a way of their
 * own. Safe on every thread.
 */
public final class QueueAddresses {

    private final BusNode node;
    private final BusLimits limits;
    private final Withdrawals withdrawals = new Withdrawals();

    /**
     * Those of a node.
     *
     * @param limits of messages
     */
    public QueueAddresses(BusNode node, BusLimits limits) {
        this.node = node;
        this.limits = limits;
    }

    /** Answers at those of a queue; to be called on its loop, in the verticle with which they are to end. */
    public Future<?> answer(Vertx vertx, Loop loop, String queue) {
        EventBus bus = vertx.eventBus();
        BusQueues queues = new BusQueues(node, loop);
        Future<Void> all = node.otherNodes().isClustered()
                ? bus.<Object>consumer(RemoteQueues.address(queue), QueueAddresses::refuse)
                        .completion()
                : Future.succeededFuture();
        for (String word : BusQueues.WORDS) {
            Future<Void> one = bus.<Object>localConsumer(
                            BusQueues.address(queue, word),
                            (Message<Object> message) -> queues.act(queue, word, asker(bus, message), withdrawals))
                    .completion();
            all = all.compose(done -> one);
        }
        Future<Void> cancels = bus.<Object>localConsumer(
                        BusQueues.CANCEL, (Message<Object> message) -> cancel(bus, message))
                .completion();
        return all.compose(done -> cancels);
    }

    private void cancel(EventBus bus, Message<Object> message) {
        boolean isKnown = BusQueues.cancel(asker(bus, message), withdrawals);
        if (!isKnown && message.isSend()) {
            // What it withdraws may be on its way to the loop of another queue: it goes there behind it.
            var headers = MultiMap.caseInsensitiveMultiMap().addAll(message.headers());
            bus.publish(
                    BusQueues.CANCEL,
                    null,
                    new DeliveryOptions().setLocalOnly(true).setHeaders(headers));
        }
    }

    private PeerAsker asker(EventBus bus, Message<Object> message) {
        return new PeerAsker(bus, message, limits.bodyBytes(), node.dispatcher().memory());
    }

    /** That the address is there is all it says. */
    private static void refuse(Message<Object> message) {
        message.fail(ErrorType.BAD_INPUT.status(), "this address only says where a queue is");
    }
}
