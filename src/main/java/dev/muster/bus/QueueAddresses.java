package dev.muster.bus;

import dev.muster.connect.queue.RemoteQueues;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;

/**
 * The event-bus addresses of queues for peers: {@code muster.queue.{name}.put} and the like, answered on the queue's own loop. Only
 * this process has them, as a lease is of one node; other nodes of a cluster ask in a way of their own. Safe on every thread.
 *
 * @param node whose queues they are
 * @param limits of messages
 */
public record QueueAddresses(BusNode node, BusLimits limits) {

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
                            (Message<Object> message) ->
                                    queues.act(queue, word, new PeerAsker(bus, message, limits.bodyBytes())))
                    .completion();
            all = all.compose(done -> one);
        }
        return all;
    }

    /** That the address is there is all it says. */
    private static void refuse(Message<Object> message) {
        message.fail(ErrorType.BAD_INPUT.status(), "this address only says where a queue is");
    }
}
