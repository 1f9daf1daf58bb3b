package dev.muster.bus;

/**
 * Serves requests of the other nodes of the cluster: queue operations for callers that those nodes have identified, and cancels of
 * runs. Safe on any thread.
 *
 * @param node the node whose queues and runs are served
 */
public record NodeAnswers(BusNode node) {

    /** Starts serving. */
    public void open() {
        node.otherNodes()
                .answer(
                        BusQueues.PREFIX,
                        inquiry -> new BusQueues(node, inquiry.loop())
                                .actForPeer(
                                        inquiry.address(),
                                        new NodeBusRequest(
                                                inquiry, node.runManager().memory())));
        node.otherNodes()
                .answer(
                        BusRuns.CANCEL,
                        inquiry -> new BusRuns(node, inquiry.loop())
                                .cancelHere(new NodeBusRequest(
                                        inquiry, node.runManager().memory())));
    }
}
