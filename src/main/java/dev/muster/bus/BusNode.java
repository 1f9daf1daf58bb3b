package dev.muster.bus;

import dev.muster.cluster.Cluster;
import dev.muster.connect.queue.RemoteQueues;
import dev.muster.service.Deployment;
import dev.muster.service.QueueService;
import dev.muster.service.RunManager;

/** The node as the event bus uses it. Safe on any thread. */
public interface BusNode {

    /** The deployment in use. */
    Deployment offer();

    /** The manager of the node's runs. */
    RunManager runManager();

    /** The access of callers to the node's queues. */
    QueueService queues();

    /** The other nodes of the cluster. */
    Cluster otherNodes();

    /** The queues of the other nodes. */
    RemoteQueues remoteQueues();
}
