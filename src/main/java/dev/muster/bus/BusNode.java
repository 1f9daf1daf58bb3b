package dev.muster.bus;

import dev.muster.cluster.OtherNodes;
import dev.muster.connect.queue.RemoteQueues;
import dev.muster.dispatch.Dispatcher;
import dev.muster.dispatch.Offer;
import dev.muster.dispatch.QueueDispatcher;

/** The node as the event bus uses it. Safe on any thread. */
public interface BusNode {

    /** The deployment in use. */
    Offer offer();

    /** The manager of the node's runs. */
    Dispatcher dispatcher();

    /** The access of callers to the node's queues. */
    QueueDispatcher queues();

    /** The other nodes of the cluster. */
    OtherNodes otherNodes();

    /** The queues of the other nodes. */
    RemoteQueues remoteQueues();
}
