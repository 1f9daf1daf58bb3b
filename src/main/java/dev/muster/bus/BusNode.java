package dev.muster.bus;

import dev.muster.cluster.OtherNodes;
import dev.muster.connect.queue.RemoteQueues;
import dev.muster.dispatch.Dispatcher;
import dev.muster.dispatch.Offer;
import dev.muster.dispatch.QueueDispatcher;

/** What the event bus needs of its node. Safe on every thread. */
public interface BusNode {

    /** What is offered now. */
    Offer offer();

    /** Where runs are taken in. */
    Dispatcher dispatcher();

    /** Where callers come to the queues. */
    QueueDispatcher queues();

    /** The other nodes of its cluster. */
    OtherNodes otherNodes();

    /** The queues that they have. */
    RemoteQueues remoteQueues();
}
