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
 * The event-bus addresses of queues for peers: {@code muster.queue.{name}.put} and the other operations, served on the queue's own
 * loop, and {@code muster.queue.cancel}. Safe on any thread.
 *
 * <p>The consumers are local to this process, because a lease belongs to one node. Other nodes of a cluster use
 * {@link NodeAnswers}.
 */
public final class QueueAddresses {

    private final BusNode node;
    private final BusSettings.Limits limits;
    private final CancellableRequests cancellable = new CancellableRequests();

    /**
     * The addresses of a node's queues.
     *
     * @param limits the limits of messages
     */
    public QueueAddresses(BusNode node, BusSettings.Limits limits) {
        this.node = node;
        this.limits = limits;
    }

    /**
     * Serves the addresses of a queue. Call on the queue's loop, from a verticle; the consumers are removed when it is undeployed.
     */
    public Future<?> answer(Vertx vertx, Loop loop, String queue) {
        EventBus bus = vertx.eventBus();
        BusQueues queues = new BusQueues(node, loop);
        Future<Void> all = node.otherNodes().isClustered()
                ? bus.<Object>consumer(RemoteQueues.address(queue), QueueAddresses::reject)
                        .completion()
                : Future.succeededFuture();
        for (String word : BusQueues.WORDS) {
            Future<Void> registered = bus.<Object>localConsumer(
                            BusQueues.address(queue, word),
                            (Message<Object> message) -> queues.act(queue, word, request(bus, message), cancellable))
                    .completion();
            all = all.compose(done -> registered);
        }
        Future<Void> cancels = bus.<Object>localConsumer(
                        BusQueues.CANCEL, (Message<Object> message) -> cancel(bus, message))
                .completion();
        return all.compose(done -> cancels);
    }

    private void cancel(EventBus bus, Message<Object> message) {
        boolean isKnown = BusQueues.cancel(request(bus, message), cancellable);
        if (!isKnown && message.isSend()) {
            // The request can still be on its way to the loop of another queue: the cancel follows it there.
            var headers = MultiMap.caseInsensitiveMultiMap().addAll(message.headers());
            bus.publish(
                    BusQueues.CANCEL,
                    null,
                    new DeliveryOptions().setLocalOnly(true).setHeaders(headers));
        }
    }

    private PeerRequest request(EventBus bus, Message<Object> message) {
        return new PeerRequest(
                bus, message, limits.bodyBytes(), node.runManager().memory());
    }

    /** Rejects messages: the address only announces which node has the queue. */
    private static void reject(Message<Object> message) {
        message.fail(ErrorType.BAD_INPUT.status(), "this address only locates a queue");
    }
}
